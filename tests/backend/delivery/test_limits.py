import pytest

from backend.delivery.accounts import parse_smtp_url
from backend.delivery.limits import Breaker
from contract.delivery import DeliveryState


class TestBreaker:
    def test_six_refused_contents_of_the_first_hundred_trip_it(self):
        breaker = Breaker()
        reasons = [breaker.count(DeliveryState.FAILED) for _ in range(6)]
        assert reasons == [None] * 5 + ["refused_content"]

    def test_temporary_refusals_and_unknown_ends_do_not_count(self):
        breaker = Breaker()
        for state in (DeliveryState.SOFT, DeliveryState.UNKNOWN) * 200:
            assert breaker.count(state) is None


class TestSmtpUrl:
    def test_everything_in_one_line(self):
        account = parse_smtp_url(
            "smtp://me%40x.org:p%2Fw@mail.example.com:2525?tls=none&from=a@b.example&name=N&rate=5&lanes=2"
        )
        login = account.login
        assert (login.host, login.port, login.tls) == ("mail.example.com", 2525, "none")
        assert (login.username, login.password) == ("me@x.org", "p/w")
        assert (account.from_email, account.from_name, account.rate, account.lanes) == (
            "a@b.example",
            "N",
            5.0,
            2,
        )

    @pytest.mark.parametrize(
        ("url", "tls", "port"),
        [
            ("smtps://mail.example.com", "implicit", 465),
            ("smtp://me:pw@mail.example.com", "starttls", 587),
            ("smtp://mail.example.com", "none", 25),
        ],
    )
    def test_a_password_never_travels_in_clear_unasked(self, url: str, tls: str, port: int):
        login = parse_smtp_url(url).login
        assert (login.tls, login.port) == (tls, port)

    @pytest.mark.parametrize("query", ["tls=maybe", "rate=fast", "lanes=0", "lanes=51", "rate=-1"])
    def test_what_cannot_be_is_named(self, query: str):
        with pytest.raises(ValueError, match="HANDBILL_SMTP_URL"):
            parse_smtp_url(f"smtp://mail.example.com?{query}")

    def test_a_password_is_not_shown(self):
        assert "secret" not in repr(parse_smtp_url("smtp://me:secret@mail.example.com"))
