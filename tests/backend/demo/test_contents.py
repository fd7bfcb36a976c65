"""What is in the demo adds up: segments, mails, reports, and that nothing goes out by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.contact_pages import count_contacts
from backend.db.engine import Database
from backend.db.fields import known_fields
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact, ContactAttrs
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import Event, EventType
from backend.db.models.segment import Segment
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery import agenda
from backend.delivery.audience import count_audience
from backend.delivery.course import campaign_window, find_course
from backend.delivery.enrolling import newcomers
from backend.delivery.reports import find_reasons
from backend.delivery.response import campaign_addresses, find_links, find_response
from backend.frozen_links import FrozenLinks
from backend.segments.audience import SegmentAudience
from backend.sequence_rules import published_rules
from contract.blocks import load_document
from contract.clock import ManualClock
from contract.contacts import ContactStatus
from contract.transitions import CampaignStatus
from render_preview.lint import blocks_sending, lint

NOW = ManualClock().now()
ORG = 1


@pytest.fixture
async def session(demo: Database) -> AsyncIterator[AsyncSession]:
    async with demo.reader(ORG) as session:
        yield session


async def segment_size(session: AsyncSession, name: str) -> int:
    segment_id = await session.scalar(select(Segment.id).where(Segment.name == name))
    assert segment_id is not None
    return await count_contacts(session, await SegmentAudience().members(session, segment_id, NOW))


async def campaign(session: AsyncSession, name: str) -> Campaign:
    found = await session.scalar(select(Campaign).where(Campaign.name == name))
    assert found is not None
    return found


async def values(session: AsyncSession) -> list[dict[str, object]]:
    """What people see of each contact: the slots that filters read are another copy."""
    return list(await session.scalars(select(ContactAttrs.attrs)))


async def test_pro_customers_are_those_whose_shown_plan_is_pro(session: AsyncSession) -> None:
    shown = sum(attrs.get("plan") == "pro" for attrs in await values(session))
    assert await segment_size(session, "Pro customers") == shown
    assert 350 < shown < 500


async def test_vips_in_lisbon_are_few_and_those_who_are_shown_as_such(session: AsyncSession) -> None:
    shown = sum(a.get("vip") is True and a.get("city") == "Lisbon" for a in await values(session))
    assert await segment_size(session, "VIPs in Lisbon") == shown
    assert 15 < shown < 40


async def test_who_read_a_letter_is_whoever_opened_it(session: AsyncSession) -> None:
    opened = select(func.count()).select_from(Contact).where(Contact.last_open_at.is_not(None))
    assert await segment_size(session, "Read a letter within 60 days") == await session.scalar(opened)


async def test_who_renews_within_thirty_days(session: AsyncSession) -> None:
    days = {(NOW.date() + timedelta(days=ahead)).isoformat() for ahead in range(31)}
    shown = sum(attrs.get("renewal") in days for attrs in await values(session))
    assert await segment_size(session, "Renewing within 30 days") == shown > 10


async def test_everyone_subscribed_and_the_panel_picked_by_hand(session: AsyncSession) -> None:
    subscribed = (
        select(func.count()).select_from(Contact).where(Contact.status == ContactStatus.SUBSCRIBED.value)
    )
    assert await segment_size(session, "Everyone subscribed") == await session.scalar(subscribed)
    assert await segment_size(session, "Tasting panel (picked by hand)") == 24


async def test_some_of_those_subscribed_are_suppressed(session: AsyncSession) -> None:
    everyone = select(Segment.id).where(Segment.name == "Everyone subscribed")
    condition = await SegmentAudience().members(session, str(await session.scalar(everyone)), NOW)
    funnel = await count_audience(session, condition, NOW)
    assert funnel.suppressed == 5
    assert funnel.unsubscribed == funnel.duplicate == 0


async def test_complete_mails_can_be_sent_and_the_unfinished_one_cannot(session: AsyncSession) -> None:
    fields = await known_fields(session)
    contents = {c.name: c.content_json for c in await session.scalars(select(Campaign))}
    for sequence in await session.scalars(select(Sequence)):
        contents |= {step["id"]: step["contentJson"] for step in sequence.steps_json["steps"]}
    findings = {name: lint(load_document(content), known_fields=fields) for name, content in contents.items()}
    blocked = {name for name, found in findings.items() if blocks_sending(found)}
    assert len(findings) == 12
    assert blocked == {"Autumn catalogue"}
    assert findings["Spring offer"] == []
    codes = {finding.code for finding in findings["Autumn catalogue"]}
    assert codes >= {"subject-missing", "alt-missing", "field-unknown", "link-missing", "address-missing"}


async def test_the_spring_offer_waits_for_a_person_to_choose_who_gets_it(session: AsyncSession) -> None:
    spring = await campaign(session, "Spring offer")
    assert (spring.status, spring.segment_id, spring.send_at) == (CampaignStatus.DRAFT, None, None)
    newest = await session.scalar(select(Campaign.name).order_by(Campaign.updated_at.desc()).limit(1))
    assert newest == "Spring offer"


async def test_brackets_and_right_to_left_stand_in_a_name_and_a_subject(session: AsyncSession) -> None:
    names = [c for c in await session.scalars(select(Campaign)) if "[/] [b" in c.name]
    assert len(names) == 1
    assert "[/] [b" in names[0].content_json["subject"]


async def test_the_report_of_the_sent_campaign_adds_up(session: AsyncSession) -> None:
    sent = await campaign(session, "Welcome to the new shop")
    assert sent.status == CampaignStatus.SENT
    counted = (
        select(DeliveryRecord.state, func.count().label("many"))
        .where(DeliveryRecord.source_id == sent.id)
        .group_by(DeliveryRecord.state)
    )
    counts = {row.state: int(row.many) for row in await session.execute(counted)}
    assert set(counts) <= {"accepted", "bounced", "failed", "unknown", "skipped"}
    assert 1_700 < sum(counts.values()) < 2_300
    assert counts["accepted"] > 0.95 * sum(counts.values())
    explained = await find_reasons(session, sent.id)
    assert sum(explained.values()) == sum(counts.values()) - counts["accepted"]
    assert explained["unsubscribed"] > 5
    accepted = select(func.min(DeliveryRecord.updated_at), func.max(DeliveryRecord.updated_at)).where(
        DeliveryRecord.source_id == sent.id, DeliveryRecord.state == "accepted"
    )
    first, last = (await session.execute(accepted)).one()
    assert sent.started_at is not None
    assert sent.finished_at is not None
    assert sent.started_at <= first < last <= sent.finished_at


async def test_the_sent_campaigns_responses_are_lifelike(session: AsyncSession) -> None:
    sent = await campaign(session, "Welcome to the new shop")
    seen = await find_response(session, sent.id, {"accepted": 2_000})
    assert 0.35 < seen.opened / 2_000 < 0.55
    assert 0.15 < seen.clicked / seen.opened < 0.3
    assert 100 < seen.machine_opened < 350
    assert 10 < seen.unsubscribed < 120
    course = await find_course(session, sent.id, campaign_window(sent.started_at))
    opened = [point.opened for point in course.points]
    assert max(opened) in opened[: len(opened) // 4], "most open soon"
    links = await find_links(session, sent.id, await campaign_addresses(session, sent.id, FrozenLinks()))
    assert links[0].people > links[-1].people
    assert all(link.machine_clicks for link in links)


async def test_who_left_did_so_after_a_mail_and_nothing_happens_tomorrow(session: AsyncSession) -> None:
    assert await session.scalar(select(func.max(Event.last_at))) <= NOW
    left = (
        select(Contact.status)
        .join(Event, Event.contact_id == Contact.id)
        .where(Event.type == EventType.UNSUBSCRIBED)
    )
    assert set(await session.scalars(left)) == {ContactStatus.UNSUBSCRIBED.value}
    opened = select(func.count()).where(Contact.last_open_at.is_not(None))
    assert (await session.scalar(opened) or 0) > 700


async def test_whoever_bounced_then_is_not_subscribed_now(session: AsyncSession) -> None:
    bounced = (
        select(Contact.status)
        .join(DeliveryRecord, DeliveryRecord.contact_id == Contact.id)
        .where(DeliveryRecord.state == "bounced")
    )
    assert set(await session.scalars(bounced)) == {ContactStatus.BOUNCED.value}


async def test_everyone_in_the_running_sequences_segment_is_or_was_in_it(session: AsyncSession) -> None:
    """Someone who is not would be enrolled, and mailed, at the first tick."""
    running = await session.scalar(select(Sequence).where(Sequence.status == "ACTIVE"))
    assert running is not None
    members = await SegmentAudience().members(session, str(running.segment_id), NOW)
    expected = set(await session.scalars(select(Contact.id).where(members)))
    rows = list(await session.scalars(select(EnrolmentRecord)))
    assert {row.contact_id for row in rows} == expected
    rules = published_rules(running.published_rules, running.segment_id)
    entering = await newcomers(SegmentAudience(), session, running.id, rules, NOW)
    assert (await session.scalars(select(Contact.id).where(entering))).all() == []
    steps = {row.step_id for row in rows if row.state == "active"}
    assert steps == {"brewing", "crumbs", "question"}
    assert all(row.entered_at <= row.entered_step_at <= NOW for row in rows)


async def test_nothing_goes_out_by_itself_for_a_week(demo: Database) -> None:
    """The worker's own questions, asked for each day."""
    async with demo.system_reader() as session:
        connection = await session.connection()
        for day in range(8):
            moment = NOW + timedelta(days=day)
            assert await agenda.to_start(connection, moment) == ([], [])
            sources = [entry.source for entry in await agenda.running(connection)]
            assert len(sources) == 1
            for source in sources:
                assert not await agenda.has_due(connection, source, moment)
                assert not await agenda.has_due_people(connection, source, moment)
        due, missed = await agenda.to_start(connection, NOW + timedelta(days=9))
        assert len(due) + len(missed) == 1
