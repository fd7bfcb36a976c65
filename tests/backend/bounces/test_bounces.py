"""What a mail that came back does, and what it cannot do."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.db.models.contact import Contact, Suppression
from backend.db.models.delivery import DeliveryRecord
from backend.delivery.signing import sending_secret
from backend.mail_links import MailClaim, Purpose, make_token, return_path
from backend.message_ids import message_name
from backend.suppressing import address_hash
from tests.backend.bounces.reports import AUTO_REPLY, complaint, dsn
from tests.backend.conftest import Member, Server

ANN = "ann@example.org"


class Desk:
    """One contact, what was sent to it, and who reads the bounces."""

    def __init__(self, server: Server, owner: Member) -> None:
        self.server = server
        self.owner = owner
        self.org_id = int(owner.session.org.id)
        self.contact_id = 0
        self.secret = b""
        self.mails = 0

    async def open(self) -> None:
        made = await self.owner.ok("POST", "/contacts", {"email": ANN, "name": "Ann"})
        self.contact_id = int(made["contact"]["id"])
        self.secret = await sending_secret(self.server.database, self.org_id)

    async def sent(self, state: str = "accepted") -> int:
        """One more mail to Ann."""
        self.mails += 1
        async with self.server.database.writer(self.org_id) as session:
            session.add(
                DeliveryRecord(
                    id=self.mails,
                    source_id=f"campaign-{self.mails}",
                    revision=1,
                    contact_id=self.contact_id,
                    address=ANN,
                    state=state,
                    updated_at=self.server.clock.now(),
                )
            )
        return self.mails

    def path(self, mail: int, secret: bytes | None = None) -> str:
        claim = MailClaim(self.org_id, self.contact_id, mail)
        return return_path("bounces@acme.example", secret or self.secret, claim)

    async def read(self, content: bytes, who: Member | None = None) -> list[dict[str, Any]]:
        body = {"message": base64.b64encode(content).decode()}
        answer = await (who or self.owner).ok("POST", "/bounces", body)
        return list(answer["bounces"])

    async def wait(self, days: int) -> None:
        """Whoever reads bounces signs in again."""
        await self.server.clock.advance(timedelta(days=days).total_seconds())
        self.owner = await self.server.sign_in(self.org_id, int(self.owner.session.user.id))

    async def state(self, mail: int) -> str:
        async with self.server.database.reader(self.org_id) as session:
            found = select(DeliveryRecord.state).where(DeliveryRecord.id == mail)
            return str(await session.scalar(found))

    async def contact(self) -> str:
        async with self.server.database.reader(self.org_id) as session:
            found = select(Contact.status).where(Contact.id == self.contact_id)
            return str(await session.scalar(found))

    async def suppressed(self) -> str | None:
        async with self.server.database.reader(self.org_id) as session:
            standing = select(Suppression.reason).where(Suppression.address_hash == address_hash(ANN))
            return await session.scalar(standing)


@pytest.fixture
async def desk(server: Server, owner: Member) -> Desk:
    found = Desk(server, owner)
    await found.open()
    return found


class TestHard:
    async def test_an_unknown_mailbox_is_never_written_to_again(self, desk: Desk):
        mail = await desk.sent()
        before = (await desk.owner.ok("GET", "/sync/changes"))["cursor"]
        [found] = await desk.read(dsn(to=desk.path(mail)))
        assert (found["kind"], found["email"], found["suppressed"]) == ("hard", ANN, True)
        assert found["reason"] == "5.1.1 550 5.1.1 User unknown"
        assert (await desk.state(mail), await desk.contact()) == ("bounced", "bounced")
        assert await desk.suppressed() == "bounced"
        changes = (await desk.owner.ok("GET", f"/sync/changes?cursor={before}"))["changes"]
        assert [change["kind"] for change in changes] == ["contacts"], "other clients hear of it"

    async def test_reading_it_again_changes_nothing(self, desk: Desk):
        mail = await desk.sent()
        await desk.read(dsn(to=desk.path(mail)))
        await desk.owner.ok("PATCH", f"/contacts/{desk.contact_id}", {"status": "subscribed"})
        [again] = await desk.read(dsn(to=desk.path(mail)))
        assert again["suppressed"] is False
        assert await desk.contact() == "subscribed", "a person decided otherwise since"

    async def test_a_server_that_changes_the_case_of_the_return_path(self, desk: Desk):
        mail = await desk.sent()
        [found] = await desk.read(dsn(to=desk.path(mail).upper()))
        assert found["kind"] == "hard"

    @pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
    async def test_without_a_return_path_the_message_id_tells(self, desk: Desk, original: str):
        mail = await desk.sent()
        name = message_name(desk.secret, f"campaign-{mail}", "", 0, desk.contact_id)
        returned = f"Subject: News\nMessage-ID: <{name}@acme.example>\n\nHello"
        [found] = await desk.read(dsn(returned=returned, original=original))
        assert (found["kind"], found["deliveryId"]) == ("hard", str(mail))

    async def test_the_returned_mail_names_its_return_path_too(self, desk: Desk):
        mail = await desk.sent()
        returned = f"Return-Path: <{desk.path(mail)}>\nSubject: News\n\nHello"
        [found] = await desk.read(dsn(to="postmaster@acme.example", returned=returned))
        assert found["kind"] == "hard"

    async def test_a_contact_with_a_new_address_is_still_written_to(self, desk: Desk):
        mail = await desk.sent()
        await desk.owner.ok("PATCH", f"/contacts/{desk.contact_id}", {"email": "ann@new.example"})
        await desk.read(dsn(to=desk.path(mail)))
        assert (await desk.contact(), await desk.suppressed()) == ("subscribed", "bounced")


class TestSoft:
    @pytest.mark.parametrize(
        ("status", "words"),
        [
            ("4.4.7", "452 4.4.7 gave up"),
            ("5.2.2", "552 5.2.2 mailbox full"),
            ("5.7.1", "550 5.7.1 blocked by policy"),
            ("5.0.0", "550 5.7.26 unauthenticated"),
        ],
    )
    async def test_one_does_not_suppress(self, desk: Desk, status: str, words: str):
        mail = await desk.sent()
        [found] = await desk.read(dsn(to=desk.path(mail), status=status, words=words))
        kinds = {"5.0.0": "hard"}
        assert found["kind"] == kinds.get(status, "soft")
        assert found["suppressed"] is (status == "5.0.0")
        assert await desk.state(mail) == "bounced"

    async def test_three_in_three_weeks_do_and_are_counted_once_each(self, desk: Desk):
        verdicts = []
        for _ in range(3):
            notice = dsn(to=desk.path(await desk.sent()), status="4.2.2")
            verdicts += [(await desk.read(notice))[0]["suppressed"] for _ in range(2)]
            await desk.wait(days=5)
        assert verdicts == [False, False, False, False, True, False]
        assert (await desk.suppressed(), await desk.contact()) == ("soft bounces", "bounced")

    async def test_one_a_month_never_does(self, desk: Desk):
        for _ in range(6):
            [found] = await desk.read(dsn(to=desk.path(await desk.sent()), status="4.2.2"))
            assert not found["suppressed"]
            await desk.wait(days=30)


class TestOtherNews:
    @pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
    async def test_an_unknown_mail_is_known_to_have_been_taken(self, desk: Desk, action: str):
        mail = await desk.sent("unknown")
        [found] = await desk.read(dsn(to=desk.path(mail), action=action, status="2.0.0"))
        assert found["state"] == await desk.state(mail) == "accepted"
        assert await desk.contact() == "subscribed"

    async def test_an_unknown_mail_that_bounced_is_settled(self, desk: Desk):
        mail = await desk.sent("unknown")
        await desk.read(dsn(to=desk.path(mail)))
        assert await desk.state(mail) == "bounced"

    async def test_a_mail_that_has_not_left_cannot_have_bounced(self, desk: Desk):
        mail = await desk.sent("pending")
        await desk.read(dsn(to=desk.path(mail)))
        assert (await desk.state(mail), await desk.suppressed()) == ("pending", None)

    async def test_a_complaint_is_for_good(self, desk: Desk):
        mail = await desk.sent()
        await desk.read(dsn(to=desk.path(mail)))
        returned = f"Return-Path: <{desk.path(mail)}>\nTo: {ANN}\nSubject: News\n\nHello"
        [found] = await desk.read(complaint(to="abuse@acme.example", returned=returned))
        assert (found["kind"], found["state"], found["suppressed"]) == ("complaint", "complained", True)
        assert await desk.suppressed() == "complaint"
        hashed = address_hash(ANN)
        await desk.owner.refused(409, "conflict", "DELETE", f"/suppressions/{hashed}")

    async def test_whoever_complains_is_never_written_to_again(self, desk: Desk):
        mail = await desk.sent()
        returned = f"Return-Path: <{desk.path(mail)}>\nTo: {ANN}\nSubject: News\n\nHello"
        await desk.read(complaint(to="abuse@acme.example", returned=returned))
        assert (await desk.contact(), await desk.suppressed()) == ("unsubscribed", "complaint")

    async def test_not_spam_is_no_complaint(self, desk: Desk):
        mail = await desk.sent()
        returned = f"Return-Path: <{desk.path(mail)}>\nSubject: News\n\nHello"
        [found] = await desk.read(complaint(to="x@acme.example", kind="not-spam", returned=returned))
        assert (found["kind"], await desk.state(mail)) == ("ignored", "accepted")


class TestForged:
    """Whoever can send us mail must not be able to silence somebody."""

    async def test_tokens_that_nobody_signed_do_nothing(self, desk: Desk):
        mail = await desk.sent()
        genuine = desk.path(mail)
        last = "a" if genuine.partition("@")[0][-1] != "a" else "b"
        other_purpose = make_token(
            desk.secret, Purpose.UNSUBSCRIBE, MailClaim(desk.org_id, desk.contact_id, mail)
        )
        for forged in (
            genuine.replace("@", "", 1)[:-1] + "@acme.example",
            genuine.partition("@")[0][:-1] + last + "@acme.example",
            desk.path(mail, b"x" * 32),
            f"bounces+{other_purpose}@acme.example",
            "bounces+@acme.example",
            "bounces@acme.example",
        ):
            assert await desk.read(dsn(to=forged)) == [
                {"kind": "ignored", "reason": "", "deliveryId": None, "email": None}
                | {"state": None, "suppressed": False}
            ], forged
        assert (await desk.state(mail), await desk.suppressed()) == ("accepted", None)

    async def test_a_message_id_that_is_not_ours_does_nothing(self, desk: Desk):
        await desk.sent()
        for name in ("x" * 24, "", message_name(b"y" * 32, "campaign-1", "", 0, desk.contact_id)):
            [found] = await desk.read(dsn(returned=f"Message-ID: <{name}@acme.example>\n\n"))
            assert found["kind"] == "ignored"

    async def test_another_organisations_mail_is_none_of_theirs(self, desk: Desk, stranger: Member):
        mail = await desk.sent()
        [found] = await desk.read(dsn(to=desk.path(mail)), who=stranger)
        assert found["kind"] == "ignored"
        assert await desk.state(mail) == "accepted"

    @pytest.mark.parametrize(
        "content",
        [
            AUTO_REPLY.encode(),
            b"\xff\x00\xfe",
            b"Content-Type: multipart/report; boundary=x\n\n",
            (
                b"Content-Type: multipart/report; boundary=x\n\n--x\n"
                b"Content-Type: message/delivery-status\n\n--x--"
            ),
            b"Content-Type: multipart/report\n\nno boundary",
            b"Content-Type: message/rfc822\n\n" * 3_000,
        ],
    )
    async def test_what_is_no_report_is_ignored(self, desk: Desk, content: bytes):
        mail = await desk.sent()
        content = content.replace(b"{to}", desk.path(mail).encode())
        assert [found["kind"] for found in await desk.read(content)] == ["ignored"]
