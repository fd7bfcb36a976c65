import asyncio
from pathlib import Path
from random import Random

import pytest

from backend.db.models.account import SendingAccount
from backend.delivery.mailer import (
    AccountTroubleError,
    Envelope,
    HeldError,
    LostError,
    NotSentError,
    RefusedError,
    ServerLogin,
    Stage,
)
from backend.delivery.sending import assemble
from backend.delivery.smtp_mailer import SmtpMailer
from backend.delivery.smtp_timeouts import Timeouts
from backend.mailcatcher import running_catcher
from localstore.mailbox import read_mails
from tests.backend.delivery.servers import DROP, HANG, RudeServer, serving
from tests.backend.delivery.world import World

MESSAGE = b"Subject: Hi\r\n\r\nHello\r\n"
ANN = Envelope("news@example.com", "ann@example.org")
BO = Envelope("news@example.com", "bo@example.org")
MAILER = SmtpMailer(Timeouts(connect=2.0, command=0.3, body=0.3))


async def opened() -> bool:
    return True


async def shut() -> bool:
    return False


def login(server: RudeServer, **fields: str) -> ServerLogin:
    return ServerLogin("127.0.0.1", server.port, **fields)


class TestPolite:
    async def test_mails_in_a_row_share_round_trips_and_all_arrive(self):
        async with serving(RudeServer()) as server:
            connection = await MAILER.connect(login(server))
            await connection.send(ANN, MESSAGE, opened, BO)
            await connection.send(BO, MESSAGE, opened)
            await connection.close()
        assert [recipient for recipient, _ in server.bodies] == ["ann@example.org", "bo@example.org"]
        assert server.connections == 1

    async def test_the_catcher_keeps_each_mail_whole_and_private(self, tmp_path: Path):
        async with running_catcher(tmp_path / "mails") as port:
            connection = await SmtpMailer().connect(ServerLogin("127.0.0.1", port))
            for turn in range(20):
                following = BO if turn % 2 == 0 else ANN
                await connection.send(ANN if turn % 2 == 0 else BO, MESSAGE, opened, following)
            await connection.close()
        mails = read_mails(tmp_path / "mails")
        assert sorted(mail.to for mail in mails) == ["ann@example.org"] * 10 + ["bo@example.org"] * 10
        assert {mail.text for mail in mails} == {"Hello\n"}
        assert (tmp_path / "mails").stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "mails" / "new").iterdir()} == {0o600}


@pytest.mark.parametrize("pipelining", [True, False])
class TestRude:
    @pytest.mark.parametrize("command", ["greeting", "MAIL"])
    async def test_a_refusal_of_us_is_the_accounts_trouble(self, pipelining: bool, command: str):
        async with serving(RudeServer(pipelining, {command: "554 5.7.1 go away"})) as server:
            with pytest.raises(AccountTroubleError):
                await (await MAILER.connect(login(server))).send(ANN, MESSAGE, opened)
        assert server.bodies == []

    @pytest.mark.parametrize("code", [450, 550])
    async def test_a_refused_recipient_leaves_the_session_usable(self, pipelining: bool, code: int):
        script = {"RCPT": lambda seen: f"{code} no" if seen == 0 else None}
        async with serving(RudeServer(pipelining, script)) as server:
            connection = await MAILER.connect(login(server))
            with pytest.raises(RefusedError) as refusal:
                await connection.send(ANN, MESSAGE, opened)
            await connection.send(BO, MESSAGE, opened)
            await connection.close()
        assert (refusal.value.stage, refusal.value.code) == (Stage.RCPT, code)
        assert [recipient for recipient, _ in server.bodies] == ["bo@example.org"]

    @pytest.mark.parametrize("code", [452, 554])
    async def test_a_refused_body_is_known_not_to_be_taken(self, pipelining: bool, code: int):
        async with serving(RudeServer(pipelining, {"body": f"{code} no"})) as server:
            connection = await MAILER.connect(login(server))
            with pytest.raises(RefusedError) as refusal:
                await connection.send(ANN, MESSAGE, opened)
            await connection.close()
        assert (refusal.value.stage, refusal.value.code) == (Stage.BODY, code)

    @pytest.mark.parametrize("end", [HANG, DROP, "nonsense", "199 hm"])
    async def test_silence_after_the_final_dot_is_an_open_question(self, pipelining: bool, end: str):
        async with serving(RudeServer(pipelining, {"body": end})) as server:
            connection = await MAILER.connect(login(server))
            with pytest.raises(LostError):
                await connection.send(ANN, MESSAGE, opened)
            await connection.close()
        assert len(server.bodies) == 1

    @pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
    @pytest.mark.parametrize("end", [HANG, DROP])
    async def test_an_end_before_the_body_is_not_sent(self, pipelining: bool, end: str, command: str):
        async with serving(RudeServer(pipelining, {command: end})) as server:
            connection = await MAILER.connect(login(server))
            with pytest.raises(NotSentError):
                await connection.send(ANN, MESSAGE, opened)
            await connection.close()
        assert server.bodies == []

    @pytest.mark.parametrize("command", ["RCPT", "DATA"])
    async def test_an_answer_that_is_none_says_nothing_about_the_recipient(
        self, pipelining: bool, command: str
    ):
        async with serving(RudeServer(pipelining, {command: "nonsense"})) as server:
            connection = await MAILER.connect(login(server))
            with pytest.raises(NotSentError):
                await connection.send(ANN, MESSAGE, opened)
            await connection.close()
        assert server.bodies == []

    async def test_a_shut_door_lets_no_body_out(self, pipelining: bool):
        async with serving(RudeServer(pipelining)) as server:
            connection = await MAILER.connect(login(server))
            with pytest.raises(HeldError):
                await connection.send(ANN, MESSAGE, shut)
            await connection.close()
            await asyncio.sleep(0)
        assert server.bodies == []

    async def test_stripped_starttls_is_refused_before_the_password(self, pipelining: bool):
        async with serving(RudeServer(pipelining)) as server:
            with pytest.raises(AccountTroubleError) as trouble:
                await MAILER.connect(login(server, tls="starttls", username="me", password="secret"))
        assert trouble.value.lasting
        assert "AUTH" not in server.commands


async def test_nobody_listening_is_the_accounts_trouble():
    with pytest.raises(AccountTroubleError):
        await MAILER.connect(ServerLogin("127.0.0.1", 1))


class TestTryingAnAccount:
    """What `try_server` answers, against real sockets."""

    @pytest.fixture
    def account(self) -> SendingAccount:
        return SendingAccount(host="127.0.0.1", tls="none", username="", from_email="news@example.com")

    @pytest.fixture(params=["sqlite"])
    def world(self, tmp_path: Path) -> World:
        found = World(tmp_path)
        found.sending = assemble(
            database=found.database, clock=found.clock, random=Random(1), audience=found.audience,
            mailer=MAILER, default_account=None, public_url=None, unseal=lambda sealed: sealed,
        )  # fmt: skip
        return found

    async def test_a_server_that_takes_us(self, world: World, account: SendingAccount):
        async with serving(RudeServer()) as server:
            account.port = server.port
            assert await world.sending.delivery.try_server(account, "") is None
        assert server.bodies == []

    async def test_its_refusal_is_told(self, world: World, account: SendingAccount):
        async with serving(RudeServer(script={"greeting": "554 5.7.1 not you"})) as server:
            account.port = server.port
            said = await world.sending.delivery.try_server(account, "")
        assert said is not None
        assert "554" in said

    async def test_a_password_is_not_sent_in_clear(self, world: World, account: SendingAccount):
        account.tls, account.username = "starttls", "me"
        async with serving(RudeServer()) as server:
            account.port = server.port
            said = await world.sending.delivery.try_server(account, "secret")
        assert said is not None
        assert "STARTTLS" in said
        assert "AUTH" not in server.commands
