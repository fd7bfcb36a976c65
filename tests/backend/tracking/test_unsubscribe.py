from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord, SendingSecret
from backend.delivery.signing import sending_secret
from backend.mail_links import MailClaim, Purpose, make_token
from backend.suppressing import address_hash, suppress_emails
from tests.backend.conftest import Member, Server


@pytest.fixture
async def visitor(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Someone in a browser, not signed in."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(server.app), base_url="http://handbill"
    ) as client:
        yield client


@pytest.fixture
async def contact_id(owner: Member) -> int:
    answer = await owner.ok("POST", "/contacts", {"email": "ann@example.org", "name": "Ann"})
    return int(answer["contact"]["id"])


async def token(
    server: Server,
    owner: Member,
    contact_id: int,
    delivery_id: int = 7,
    purpose: Purpose = Purpose.UNSUBSCRIBE,
) -> str:
    org_id = int(owner.session.org.id)
    secret = await sending_secret(server.database, org_id)
    return make_token(secret, purpose, MailClaim(org_id, contact_id, delivery_id))


async def status(server: Server, owner: Member, contact_id: int) -> str:
    async with server.database.reader(int(owner.session.org.id)) as session:
        return str(await session.scalar(select(Contact.status).where(Contact.id == contact_id)))


class TestPage:
    async def test_looking_changes_nothing(self, server, owner, visitor, contact_id):
        page = await visitor.get(f"/u/{await token(server, owner, contact_id)}")
        assert page.status_code == 200
        assert "Unsubscribe?" in page.text
        assert "ann@" not in page.text, "a forwarded mail must not show whose it was"
        assert await status(server, owner, contact_id) == "subscribed"

    @pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "One-Click"}])
    async def test_the_form_and_one_click_unsubscribe(self, server, owner, visitor, contact_id, body):
        link = f"/u/{await token(server, owner, contact_id)}"
        page = await visitor.post(link, data=body)
        assert (page.status_code, "You are unsubscribed" in page.text) == (200, True)
        assert await status(server, owner, contact_id) == "unsubscribed"
        assert "You are unsubscribed" in (await visitor.get(link)).text
        assert (await visitor.post(link)).status_code == 200

    async def test_other_clients_hear_of_it(self, server, owner, visitor, contact_id):
        before = (await owner.ok("GET", "/sync/changes"))["cursor"]
        await visitor.post(f"/u/{await token(server, owner, contact_id)}")
        changes = await owner.ok("GET", f"/sync/changes?cursor={before}")
        assert [change["kind"] for change in changes["changes"]] == ["contacts"]


class TestForGood:
    """Whoever left stays left, whatever becomes of the contact."""

    async def import_again(self, owner: Member) -> dict[str, Any]:
        answer = await owner.http.post(
            "/contacts/import", content=b"email\nann@example.org\n", headers={"Content-Type": "text/csv"}
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def test_deleted_and_imported_again_is_not_written_to(self, server, owner, visitor, contact_id):
        await visitor.post(f"/u/{await token(server, owner, contact_id)}")
        await owner.ok("DELETE", f"/contacts/{contact_id}")
        answer = await self.import_again(owner)
        assert (answer["added"], answer["skipped"]) == (0, 1)
        made = await owner.ok("GET", "/suppressions?email=ANN@example.org")
        assert [row["reason"] for row in made["suppressions"]] == ["unsubscribed"]

    @pytest.mark.parametrize("how", ["edit", "bulk"])
    async def test_unsubscribed_by_hand_too(self, owner, contact_id, how):
        if how == "edit":
            await owner.ok("PATCH", f"/contacts/{contact_id}", {"status": "unsubscribed"})
        else:
            body = {"contactIds": [str(contact_id)], "action": "unsubscribe"}
            await owner.ok("POST", "/contacts/bulk", body)
        await owner.ok("POST", "/contacts/bulk", {"contactIds": [str(contact_id)], "action": "delete"})
        assert (await self.import_again(owner))["added"] == 0

    async def test_a_link_works_after_the_contact_is_gone(self, server, owner, visitor, contact_id):
        org_id = int(owner.session.org.id)
        async with server.database.writer(org_id) as session:
            mail = {"source_id": "s", "revision": 1, "state": "accepted", "updated_at": server.clock.now()}
            session.add(DeliveryRecord(id=7, contact_id=contact_id, address="ann@example.org", **mail))
        link = f"/u/{await token(server, owner, contact_id)}"
        await owner.ok("DELETE", f"/contacts/{contact_id}")
        assert "Unsubscribe?" in (await visitor.get(link)).text
        assert "You are unsubscribed" in (await visitor.post(link)).text
        assert "You are unsubscribed" in (await visitor.get(link)).text
        assert (await self.import_again(owner))["added"] == 0

    async def test_who_comes_back_on_purpose_is_written_to_again(self, server, owner, visitor, contact_id):
        await visitor.post(f"/u/{await token(server, owner, contact_id)}")
        await owner.ok("PATCH", f"/contacts/{contact_id}", {"status": "subscribed"})
        assert (await owner.ok("GET", "/suppressions"))["suppressions"] == []

    async def test_a_complaint_is_not_taken_back_that_way(self, server, owner, visitor, contact_id):
        async with server.database.writer(int(owner.session.org.id)) as session:
            await suppress_emails(session, ["ann@example.org"], "complaint", server.clock.now())
        await visitor.post(f"/u/{await token(server, owner, contact_id)}")
        await owner.ok("PATCH", f"/contacts/{contact_id}", {"status": "subscribed"})
        reasons = [row["reason"] for row in (await owner.ok("GET", "/suppressions"))["suppressions"]]
        assert reasons == ["complaint"]

    def test_both_spellings_of_a_domain_are_one_address(self):
        assert address_hash("Jo@Bücher.example") == address_hash("jo@xn--bcher-kva.example")


class TestForged:
    async def test_a_changed_token_gets_a_page_and_does_nothing(self, server, owner, visitor, contact_id):
        genuine = await token(server, owner, contact_id)
        other = await token(server, owner, contact_id + 1)
        swapped = other.rsplit("-", 1)[0] + "-" + genuine.rsplit("-", 1)[1]
        for forged in (
            genuine[:-1] + ("a" if genuine[-1] != "a" else "b"),
            swapped,
            "x",
            "1-1-1-" + "a" * 24,
        ):
            for method in ("GET", "POST"):
                page = await visitor.request(method, f"/u/{forged}")
                assert (page.status_code, "not valid" in page.text) == (404, True), forged
        assert await status(server, owner, contact_id) == "subscribed"

    @pytest.mark.parametrize("purpose", [Purpose.VIEW, Purpose.PREFERENCES])
    async def test_a_link_that_was_passed_on_to_be_read_does_not_unsubscribe(
        self, server, owner, visitor, contact_id, purpose
    ):
        page = await visitor.post(f"/u/{await token(server, owner, contact_id, purpose=purpose)}")
        assert page.status_code == 404
        assert await status(server, owner, contact_id) == "subscribed"

    async def test_another_organisations_secret_does_not_sign_for_this_one(
        self, server, owner, visitor, contact_id
    ):
        await token(server, owner, contact_id)
        claim = MailClaim(int(owner.session.org.id), contact_id, 7)
        foreign = make_token(b"x" * 32, Purpose.UNSUBSCRIBE, claim)
        page = await visitor.post(f"/u/{foreign}")
        assert page.status_code == 404
        assert await status(server, owner, contact_id) == "subscribed"

    async def test_a_deleted_contacts_link_gets_a_page(self, server, owner, visitor, contact_id):
        link = f"/u/{await token(server, owner, contact_id)}"
        await owner.ok("DELETE", f"/contacts/{contact_id}")
        assert (await visitor.post(link)).status_code == 404

    async def test_a_test_mails_link_says_so(self, server, owner, visitor, contact_id):
        page = await visitor.post(f"/u/{await token(server, owner, 0, delivery_id=0)}")
        assert "test mail" in page.text


async def test_the_secret_stays_the_same(server, owner, contact_id):
    first = await token(server, owner, contact_id)
    assert await token(server, owner, contact_id) == first
    async with server.database.reader(int(owner.session.org.id)) as session:
        assert len((await session.scalars(select(SendingSecret.secret))).all()) == 1
