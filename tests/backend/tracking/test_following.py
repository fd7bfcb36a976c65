"""Tracked links and pictures: where they lead, what is noted, and what nobody can make of them."""

import pytest
from sqlalchemy import delete, select, update

from backend.db.models.campaign import CampaignRevision
from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import Event
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import SequenceRevision
from backend.mail_links import PATHS, Purpose
from render_preview.tracking import link_code
from tests.backend.conftest import Member, Server
from tests.backend.tracking.visiting import Visitor, with_link

SHOP = "https://shop.example/{{ name | all }}?ref=news"
OTHER = "https://other.example/a"


@pytest.fixture
async def ann(server: Server, owner: Member) -> Visitor:
    """Got a mail that is tracked, ten minutes ago."""
    found = Visitor(server, owner)
    await found.open(with_link(SHOP, OTHER))
    await found.track()
    await server.clock.advance(600)
    return found


class TestClick:
    async def test_it_leads_to_the_links_target_filled_in_for_this_contact(self, ann: Visitor):
        answer = await ann.follow(SHOP)
        assert (answer.status_code, answer.headers["location"]) == (
            302,
            "https://shop.example/Ann?ref=news",
        )
        assert answer.headers["cache-control"] == "no-store"
        assert await ann.events() == [("clicked", False, 1)]

    async def test_it_leads_where_the_frozen_revision_says_though_the_campaign_changed(self, ann: Visitor):
        async with ann.server.database.writer(ann.org_id) as session:
            session.add(
                CampaignRevision(
                    campaign_id=ann.campaign_id,
                    revision=2,
                    content_json=with_link("https://late.example"),
                    created_at=ann.server.clock.now(),
                )
            )
        assert (await ann.follow(OTHER)).headers["location"] == OTHER
        assert (await ann.follow("https://late.example")).status_code == 404

    @pytest.mark.parametrize("away", ["https://evil.example/", "https://shop.example.evil.example/"])
    async def test_it_leads_nowhere_that_the_mail_does_not_lead(self, ann: Visitor, away: str):
        """No open redirect: neither a number nor a parameter makes a target."""
        token = ann.token(Purpose.CLICK)
        for link in (
            f"/t/{token}-{link_code(1)}", f"/t/{token}?url={away}", f"/t/{token}-{away}",
            f"/t/{token}-aaaaaaaa?to={away}", f"/t/{away}", f"/t/{token}",
        ):  # fmt: skip
            answer = await ann.http.get(link)
            assert answer.status_code == 404, link
            assert "location" not in answer.headers
            assert "evil" not in answer.text
        assert (await ann.follow(away)).status_code == 404
        assert await ann.events() == []

    async def test_no_value_of_the_contact_leads_away(self, ann: Visitor):
        await ann.owner.ok("PATCH", f"/contacts/{ann.contact_id}", {"name": "@evil.example/\r\nX: y//"})
        location = (await ann.follow(SHOP)).headers["location"]
        assert location.startswith("https://shop.example/%40evil.example%2F")

    @pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.CLICK])
    async def test_a_token_for_something_else_is_none_for_a_click(self, ann: Visitor, purpose: Purpose):
        genuine = (await ann.follow(OTHER)).request.url.path
        code = genuine.rpartition("-")[2]
        answer = await ann.http.get(f"/t/{ann.token(purpose)}-{code}")
        assert (answer.status_code, "location" in answer.headers) == (404, False)

    @pytest.mark.parametrize("purpose", list(PATHS))
    async def test_a_clicks_token_opens_no_page(self, ann: Visitor, purpose: Purpose):
        for method in ("GET", "POST"):
            answer = await ann.http.request(method, f"{PATHS[purpose]}/{ann.token(Purpose.CLICK)}")
            assert answer.status_code in (404, 405)
        assert (await ann.contact()).status == "subscribed"

    async def test_a_forged_token_writes_nothing(self, ann: Visitor):
        token = ann.token(Purpose.CLICK)
        forged = token[:-1] + ("a" if token[-1] != "a" else "b")
        code = (await ann.follow(OTHER)).request.url.path.rpartition("-")[2]
        ann.server.app.state.parts.uses.take()
        for wrong in (forged, token.replace(token.split("-")[1], "zz", 1), "x" * 40, "1-1-1-" + "a" * 24):
            assert (await ann.http.get(f"/t/{wrong}-{code}")).status_code == 404
            assert (await ann.http.get(f"/o/{wrong}.gif")).status_code == 200
        assert await ann.events() == []

    async def test_a_mail_that_is_kept_no_more_says_so(self, ann: Visitor):
        async with ann.server.database.writer(ann.org_id) as session:
            await session.execute(delete(DeliveryRecord))
        answer = await ann.follow(OTHER)
        assert (answer.status_code, "This mail is gone" in answer.text) == (404, True)

    async def test_it_works_after_the_contact_was_deleted(self, ann: Visitor):
        await ann.owner.ok("DELETE", f"/contacts/{ann.contact_id}")
        assert (await ann.follow(SHOP)).headers["location"] == "https://shop.example/all?ref=news"
        assert await ann.events() == [("clicked", False, 1)]

    async def test_the_same_click_many_times_is_one_row(self, ann: Visitor):
        for _ in range(3):
            for _ in range(5):
                await ann.follow(OTHER)
            await ann.events()
        assert await ann.events() == [("clicked", False, 15)]

    async def test_a_value_that_makes_no_address_gets_a_page(self, server: Server, owner: Member):
        bo = Visitor(server, owner)
        await bo.open(with_link("https://{{ town }}/x"))
        await bo.track()
        answer = await bo.follow("https://{{ town }}/x")
        assert (answer.status_code, "leads nowhere" in answer.text) == (404, True)
        assert await bo.events() == []


class TestOpen:
    async def test_the_picture_is_one_point_that_nobody_keeps(self, ann: Visitor):
        answer = await ann.load_picture()
        assert answer.headers["content-type"] == "image/gif"
        assert answer.content[:6] == b"GIF89a"
        assert len(answer.content) < 50
        assert answer.headers["cache-control"] == "no-store"
        assert await ann.events() == [("opened", False, 1)]

    @pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.OPEN])
    async def test_a_token_for_something_else_notes_nothing(self, ann: Visitor, purpose: Purpose):
        assert (await ann.http.get(f"/o/{ann.token(purpose)}.gif")).status_code == 200
        assert await ann.events() == []

    async def test_ten_thousand_loads_are_one_row_and_no_memory(self, ann: Visitor):
        uses = ann.server.app.state.parts.uses
        await ann.load_picture()
        ((org_id, spans),) = uses.take().items()
        ((use, span),) = spans.items()
        for _ in range(10_000):
            uses.add(org_id, use, span)
        assert await ann.events() == [("opened", False, 10_000)]

    async def test_what_only_asks_for_the_headers_is_a_machine(self, ann: Visitor):
        answer = await ann.http.head(f"/o/{ann.token(Purpose.OPEN)}.gif")
        assert answer.status_code == 200
        code = (await ann.follow(OTHER)).request.url.path.removeprefix("/t/")
        assert (await ann.http.head(f"/t/{code}")).headers["location"] == OTHER
        assert await ann.events() == [("clicked", False, 1), ("clicked", True, 1), ("opened", True, 1)]


class TestSwitches:
    async def test_while_they_are_off_links_lead_on_and_nothing_is_noted(self, ann: Visitor):
        await ann.track(trackOpens=False, trackClicks=False)
        await ann.load_picture()
        assert (await ann.follow(OTHER)).headers["location"] == OTHER
        assert await ann.events() == []

    @pytest.mark.parametrize(("switch", "noted"), [("trackOpens", "opened"), ("trackClicks", "clicked")])
    async def test_each_is_for_itself(self, ann: Visitor, switch: str, noted: str):
        await ann.track(**{"trackOpens": False, "trackClicks": False, switch: True})
        await ann.load_picture()
        await ann.follow(OTHER)
        assert await ann.events() == [(noted, False, 1)]

    async def test_only_owners_turn_them(self, ann: Visitor, member: Member):
        await member.refused(403, "forbidden", "PATCH", "/org", {"trackOpens": True})


class TestEvidence:
    @pytest.mark.parametrize("how", ["click", "open"])
    async def test_a_used_link_settles_an_unknown_mail_even_if_nothing_is_tracked(
        self, ann: Visitor, how: str
    ):
        await ann.track(trackOpens=False, trackClicks=False)
        async with ann.server.database.writer(ann.org_id) as session:
            await session.execute(update(DeliveryRecord).values(state="unknown"))
        await (ann.follow(OTHER) if how == "click" else ann.load_picture())
        async with ann.server.database.reader(ann.org_id) as session:
            assert await session.scalar(select(DeliveryRecord.state)) == "accepted"


async def test_another_organisation_sees_nothing_of_it(ann: Visitor, stranger: Member):
    await ann.follow(OTHER)
    await ann.events()
    async with ann.server.database.reader(int(stranger.session.org.id)) as session:
        assert (await session.scalars(select(Event))).all() == []
        assert (await session.scalars(select(Contact))).all() == []


async def test_a_link_in_a_sequences_mail_leads_where_its_step_said(ann: Visitor):
    steps = {"steps": [{"id": "s1", "contentJson": with_link("https://step.example/{{ name }}")}]}
    now = ann.server.clock.now()
    sequence = {"id": ann.campaign_id, "name": "Drip", "status": "ACTIVE", "steps_json": steps}
    async with ann.server.database.writer(ann.org_id) as session:
        session.add(Sequence(created_at=now, updated_at=now, **sequence))
        await session.flush()
        session.add(
            SequenceRevision(sequence_id=ann.campaign_id, revision=1, steps_json=steps, created_at=now)
        )
        await session.execute(update(DeliveryRecord).values(step_id="s1", run_no=1))
    answer = await ann.follow("https://step.example/{{ name }}")
    assert answer.headers["location"] == "https://step.example/Ann"
    assert (await ann.follow(OTHER)).status_code == 404
    assert await ann.events() == [("clicked", False, 1)]
