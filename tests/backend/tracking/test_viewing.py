"""A mail in the browser."""

import pytest
from sqlalchemy import delete, select

from backend.db.models.campaign import Campaign
from backend.db.models.delivery import DeliveryRecord
from backend.mail_links import PATHS, Purpose
from tests.backend.conftest import document
from tests.backend.tracking.visiting import Visitor


async def test_it_is_what_was_sent_though_the_campaign_changed_since(ann: Visitor):
    async with ann.server.database.writer(ann.org_id) as session:
        campaign = await session.scalar(select(Campaign))
        assert campaign is not None
        campaign.content_json = document("Other", "Something else")
    page = await ann.http.get(f"/v/{ann.token(Purpose.VIEW)}")
    assert page.status_code == 200
    assert "Dear Ann" in page.text
    assert "Something else" not in page.text


async def test_the_mails_own_html_can_do_nothing_but_be_looked_at(ann: Visitor):
    policy = (await ann.http.get(f"/v/{ann.token(Purpose.VIEW)}")).headers["content-security-policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert "script" not in policy
    assert "allow-scripts" not in directives["sandbox"]
    assert "allow-same-origin" not in directives["sandbox"]


async def test_a_forged_link_and_one_of_a_test_mail_get_a_page(ann: Visitor):
    genuine = ann.token(Purpose.VIEW)
    last = "a" if genuine[-1] != "a" else "b"
    for forged in (genuine[:-1] + last, ann.token(Purpose.UNSUBSCRIBE), "x"):
        page = await ann.http.get(f"/v/{forged}")
        assert (page.status_code, "not valid" in page.text) == (404, True)
    assert "test mail" in (await ann.http.get(f"/v/{ann.token(Purpose.VIEW, 0)}")).text


async def test_a_mail_that_is_kept_no_more_says_so(ann: Visitor):
    async with ann.server.database.writer(ann.org_id) as session:
        await session.execute(delete(DeliveryRecord))
    page = await ann.http.get(f"/v/{ann.token(Purpose.VIEW)}")
    assert (page.status_code, "This mail is gone" in page.text) == (404, True)


class TestEvidence:
    """Only who got the mail has its links."""

    async def put(self, ann: Visitor, state: str) -> None:
        async with ann.server.database.writer(ann.org_id) as session:
            mail = await session.scalar(select(DeliveryRecord))
            assert mail is not None
            mail.state = state

    async def state(self, ann: Visitor) -> str:
        async with ann.server.database.reader(ann.org_id) as session:
            return str(await session.scalar(select(DeliveryRecord.state)))

    @pytest.mark.parametrize("purpose", list(PATHS))
    async def test_a_used_link_settles_an_unknown_mail(self, ann: Visitor, purpose: Purpose):
        await self.put(ann, "unknown")
        await ann.http.get(f"{PATHS[purpose]}/{ann.token(purpose)}")
        assert await self.state(ann) == "accepted"
        assert (await ann.contact()).status == "subscribed"

    async def test_a_forged_one_does_not(self, ann: Visitor):
        await self.put(ann, "unknown")
        genuine = ann.token(Purpose.VIEW)
        await ann.http.get(f"/v/{genuine[:-1]}{'a' if genuine[-1] != 'a' else 'b'}")
        assert await self.state(ann) == "unknown"

    async def test_other_mails_stay_as_they_are(self, ann: Visitor):
        await self.put(ann, "bounced")
        await ann.http.get(f"/v/{ann.token(Purpose.VIEW)}")
        assert await self.state(ann) == "bounced"
