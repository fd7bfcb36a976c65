"""A person's own page: what it shows, what it changes, and what it never does."""

import html5lib
import pytest
from sqlalchemy import select

from backend.db.models.contact import Suppression
from backend.db.models.ledger import AuditEntry
from backend.mail_links import Purpose
from backend.suppressing import suppress_emails
from tests.backend.conftest import Member
from tests.backend.tracking.visiting import Visitor


@pytest.fixture
async def link(ann: Visitor, owner: Member) -> str:
    fields = (
        {"key": "offers", "type": "bool", "label": "Offers & <news>", "onPreferences": True},
        {"key": "plan", "type": "choice", "label": "Plan", "choices": ["Free", "Pro"], "onPreferences": True},
        {"key": "town", "type": "text", "label": "Town", "onPreferences": True},
        {"key": "worth", "type": "text", "label": "Worth"},
    )
    for field in fields:
        await owner.ok("POST", "/fields", field)
    await owner.ok("PATCH", f"/contacts/{ann.contact_id}", {"fields": {"plan": "Free", "worth": "little"}})
    return f"/p/{ann.token(Purpose.PREFERENCES)}"


async def fields_of(ann: Visitor, owner: Member) -> dict[str, object]:
    return dict((await owner.ok("GET", f"/contacts/{ann.contact_id}"))["contact"]["fields"])


class TestPage:
    async def test_it_asks_what_the_organisation_chose_and_hides_the_rest(self, ann: Visitor, link: str):
        page = await ann.http.get(link)
        assert page.status_code == 200
        html5lib.HTMLParser(strict=True).parse(page.text)
        for shown in (
            "a***@example.org",
            "Offers &amp; &lt;news&gt;",
            'value="Free" selected',
            'value="Ann"',
        ):
            assert shown in page.text
        for hidden in ("ann@example.org", "Worth", "little", "<script"):
            assert hidden not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]

    async def test_every_control_has_a_name_that_is_read_out(self, ann: Visitor, link: str):
        tree = html5lib.parse((await ann.http.get(link)).text, namespaceHTMLElements=False)
        labelled = {label.get("for") for label in tree.iter("label")}
        inside = {control for label in tree.iter("label") for control in label.iter("input")}
        controls = [control for kind in ("input", "select") for control in tree.iter(kind)]
        assert len(controls) == 4
        assert all(control in inside or control.get("id") in labelled for control in controls)
        assert tree.get("lang") == "en"

    async def test_looking_changes_nothing(self, ann: Visitor, link: str, owner: Member):
        before = (await ann.contact()).updated_at, await fields_of(ann, owner)
        for _ in range(2):
            await ann.http.get(link)
            await ann.http.get(f"{link}?act=leave")
        assert ((await ann.contact()).updated_at, await fields_of(ann, owner)) == before

    async def test_the_link_of_a_test_mail_is_about_nobody(self, ann: Visitor):
        for method in ("GET", "POST"):
            page = await ann.http.request(method, f"/p/{ann.token(Purpose.PREFERENCES, 0)}")
            assert "This is a test mail" in page.text

    @pytest.mark.parametrize("purpose", [Purpose.UNSUBSCRIBE, Purpose.VIEW])
    async def test_a_link_for_something_else_does_not_open_it(self, ann: Visitor, purpose: Purpose):
        for method in ("GET", "POST"):
            page = await ann.http.request(method, f"/p/{ann.token(purpose)}", data={"act": "leave"})
            assert (page.status_code, "not valid" in page.text) == (404, True)
        assert (await ann.contact()).status == "subscribed"


class TestSaving:
    async def test_what_the_form_says_is_kept_typed_and_filters_see_it(
        self, ann: Visitor, link: str, owner: Member
    ):
        form = {"act": "save", "name": "  Ann\nBee ", "field-offers": "yes", "field-plan": "Pro"}
        page = await ann.http.post(link, data=form | {"field-town": "Bath", "field-worth": "a lot"})
        assert "Your preferences are saved." in page.text
        contact = await ann.contact()
        assert (contact.name, contact.name_folded) == ("Ann Bee", "ann bee")
        kept = {"offers": True, "plan": "Pro", "town": "Bath", "worth": "little"}
        assert await fields_of(ann, owner) == kept
        for text in ("offers = true", 'plan = "Pro"', 'town = "bath"'):
            assert (await owner.ok("POST", "/segments/preview", {"text": text}))["count"] == 1, text
        await ann.http.post(link, data={"act": "save", "name": "", "field-plan": "", "field-town": ""})
        assert await fields_of(ann, owner) == {"offers": False, "worth": "little"}
        assert (await ann.contact()).name is None

    async def test_what_no_field_can_hold_is_left_as_it_was(self, ann: Visitor, link: str, owner: Member):
        form = {"act": "save", "name": "A\0nn" + "x" * 900, "field-plan": "Gold", "field-town": "B\0ath"}
        assert (await ann.http.post(link, data=form)).status_code == 200
        assert await fields_of(ann, owner) == {
            "offers": False,
            "plan": "Free",
            "town": "Bath",
            "worth": "little",
        }
        assert len((await ann.contact()).name or "") == 200

    async def test_others_hear_of_it_and_the_audit_says_who(self, ann: Visitor, link: str, owner: Member):
        before = (await owner.ok("GET", "/sync/changes"))["cursor"]
        await ann.http.post(link, data={"act": "save", "name": "Ann"})
        changes = (await owner.ok("GET", f"/sync/changes?cursor={before}"))["changes"]
        assert [change["kind"] for change in changes] == ["contacts"]
        async with ann.server.database.reader(ann.org_id) as session:
            trace = select(AuditEntry).where(AuditEntry.action == "preferences changed")
            entry = await session.scalar(trace)
        assert entry is not None
        assert (entry.client, entry.user_id) == ("preferences link", None)

    async def test_an_unknown_act_does_nothing(self, ann: Visitor, link: str):
        before = (await ann.contact()).updated_at
        for form in ({}, {"act": "delete"}, {"name": "Eve"}):
            assert (await ann.http.post(link, data=form)).status_code == 200
        assert (await ann.contact()).updated_at == before


class TestLeavingAndReturning:
    async def test_who_left_may_come_back_by_own_wish(self, ann: Visitor, link: str):
        page = await ann.http.post(link, data={"act": "leave"})
        assert "You are unsubscribed" in page.text
        assert (await ann.contact()).status == "unsubscribed"
        page = await ann.http.post(link, data={"act": "return"})
        assert "Unsubscribe from everything" in page.text
        assert (await ann.contact()).status == "subscribed"

    @pytest.mark.parametrize("reason", ["complaint", "bounced"])
    async def test_nobody_is_brought_back_against_a_complaint_or_a_bounce(
        self, ann: Visitor, link: str, reason: str
    ):
        async with ann.server.database.writer(ann.org_id) as session:
            await suppress_emails(session, ["ann@example.org"], reason, ann.server.clock.now())
        await ann.http.post(link, data={"act": "leave"})
        page = await ann.http.post(link, data={"act": "return"})
        assert "No mail is sent to this address" in page.text
        assert (await ann.contact()).status == "unsubscribed"
        async with ann.server.database.reader(ann.org_id) as session:
            standing = select(Suppression.reason).where(Suppression.undone_at.is_(None))
            assert list(await session.scalars(standing)) == [reason]
