"""What tracking does to mails that are really sent, and to those that only look like it."""

import re
from email import message_from_bytes

import pytest
from sqlalchemy import select, update

from backend.db.models.campaign import Campaign
from backend.db.models.event import Event
from backend.db.models.org import Org
from backend.db.models.segment import Segment
from backend.mail_links import MailClaim, Purpose, make_token
from backend.segments.audience import SegmentAudience
from backend.tracking.recording import freshen
from contract.blocks import load_document
from render_preview.html import render_html, sent_size
from render_preview.tracking import CLICK, OPEN, tracking_at
from tests.backend.delivery.process import Process
from tests.backend.delivery.test_response import linking
from tests.backend.delivery.world import CONTENT, SEGMENT, World

LINKED = CONTENT | {
    "blocks": [{"type": "text", "id": "t", "text": "[See](https://e.example/a)"}, CONTENT["blocks"][1]]
}
SITE = "https://news.example.com"


async def turn(world: World, **switches: bool) -> None:
    async with world.desk.system_writer() as session:
        await session.execute(update(Org).where(Org.id == world.org_id).values(**switches))


def parts_of(message: bytes) -> tuple[str, str]:
    text, html = message_from_bytes(message).get_payload()
    return text.get_payload(decode=True).decode(), html.get_payload(decode=True).decode()


async def sent(world: World, process: Process) -> tuple[str, str]:
    await world.add_campaign(content_json=LINKED)
    await process.work()
    return parts_of(world.mailer.taken.pop()[1])


@pytest.mark.parametrize("opens", [False, True])
@pytest.mark.parametrize("clicks", [False, True])
async def test_a_mail_carries_what_the_organisation_turned_on(
    world: World, process: Process, opens: bool, clicks: bool
):
    await world.add_contacts("ann@example.org")
    await turn(world, track_opens=opens, track_clicks=clicks)
    text, html = await sent(world, process)
    assert (f"{SITE}/o/" in html, f"{SITE}/t/" in html) == (opens, clicks)
    assert ("https://e.example/a" in html) is not clicks
    assert "https://e.example/a" in text
    assert f"{SITE}/t/" not in text


async def test_the_switch_holds_from_the_next_mail_on(world: World, process: Process):
    await world.add_contacts("ann@example.org")
    for clicks in (False, True, False):
        await turn(world, track_clicks=clicks)
        assert (f"{SITE}/t/" in (await sent(world, process))[1]) is clicks


async def test_without_a_public_address_nothing_is_tracked(world: World, process: Process):
    await world.add_contacts("ann@example.org")
    await turn(world, track_opens=True, track_clicks=True)
    world.sending.tools.letters.public_url = None
    _, html = await sent(world, process)
    assert 'href="https://e.example/a"' in html
    assert 'width="1"' not in html


async def test_each_recipient_has_tokens_of_their_own(world: World, process: Process):
    await world.add_contacts("ann@example.org", "bo@example.org")
    await turn(world, track_opens=True, track_clicks=True)
    await world.add_campaign(content_json=LINKED)
    await process.work()
    htmls = [parts_of(message)[1] for _, message in world.mailer.taken]
    for path in ("t", "o"):
        assert len({re.findall(f"{SITE}/{path}/([0-9a-z-]+)", html)[0] for html in htmls}) == 2


async def test_a_test_mail_leads_straight_to_where_its_links_lead(world: World, process: Process):
    """Whoever tries a mail out follows its links; nobody is counted for it."""
    await turn(world, track_opens=True, track_clicks=True)
    campaign_id = await world.add_campaign(content_json=LINKED, status="DRAFT", send_at=None)
    async with world.database.reader(world.org_id) as session:
        campaign = await session.scalar(select(Campaign).where(Campaign.id == campaign_id))
        assert campaign is not None
        await world.sending.delivery.test(session, campaign, ["me@example.com"], None)
    _, html = parts_of(world.mailer.taken.pop()[1])
    assert 'href="https://e.example/a"' in html
    assert f"{SITE}/t/" not in html
    assert f"{SITE}/o/" not in html


async def test_a_worker_finds_those_whom_a_filter_on_events_means(world: World, process: Process):
    """The filter reads what the worker's own role may not: it becomes the organisation's for it."""
    ids = await world.add_contacts("ann@example.org", "bo@example.org")
    now = world.clock.now()
    async with world.database.writer(world.org_id) as session:
        keys = {"contact_id": ids[0], "type": "clicked", "delivery_id": 1, "link": 5, "source_id": "s"}
        session.add(Event(**keys, first_at=now, last_at=now))
        await session.flush()
        await freshen(session, ids)
        node = {"event": "clicked", "op": "atMost", "count": 1, "campaignId": "s"}
        tree = {"all": [node, {"event": "opened", "op": "atLeast", "count": 1}]}
        segment = Segment(id=SEGMENT, name="Readers", dsl_json=tree, created_at=now, updated_at=now)
        session.add(segment)
    world.audience.members = SegmentAudience().members  # type: ignore[method-assign]
    campaign = await world.add_campaign()
    await process.work()
    assert world.mailer.recipients() == ["ann@example.org"]
    assert (await world.campaign(campaign)).status == "SENT"


def test_the_size_that_is_checked_is_that_of_the_mail_that_leaves():
    """No token of a mail that anybody sends is longer than what is counted for it."""
    claim = MailClaim(org_id=36**4 - 1, contact_id=36**5 - 1, delivery_id=36**6 - 1)
    tracking = tracking_at("https://letters.example/", clicks=True, opens=True)
    document = load_document(linking(*(f"https://a.example/{n}" for n in range(40))))
    part = render_html(document, tracking)
    tokens = {
        CLICK: make_token(b"k" * 32, Purpose.CLICK, claim),
        OPEN: make_token(b"k" * 32, Purpose.OPEN, claim),
    }
    left = part.fill({slot.tag: tokens.get(slot.tag, "") for slot in part.slots})
    assert left.count(tokens[CLICK]) >= 40
    assert len(left.encode()) <= sent_size(document, tracking) <= len(left.encode()) * 1.02
