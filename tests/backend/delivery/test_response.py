"""The report of a campaign: people, links, providers, revisions and the course over time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from backend.db.models.campaign import Campaign, CampaignRevision
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import Event
from backend.db.models.org import Org
from backend.delivery.course import MAX_POINTS, step_for
from contract.blocks import load_document
from contract.reports import CampaignReport
from render_preview.targets import links_of
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import CONTENT, World

A, B = "https://a.example/{{ name }}", "https://b.example"


def linking(*addresses: str) -> dict[str, object]:
    text = " ".join(f"[x]({address})" for address in addresses)
    return CONTENT | {"blocks": [{"type": "text", "id": "t", "text": text}, CONTENT["blocks"][1]]}


def number(address: str) -> int:
    (found,) = links_of(load_document(linking(address)))
    return found


class Sent:
    """A campaign that went to some people, and what they do with it."""

    def __init__(self, world: World, campaign_id: str) -> None:
        self.world, self.campaign_id = world, campaign_id

    async def do(self, who: str, type: str, at: datetime, link: str = "", **fields: object) -> None:
        async with self.world.database.writer(self.world.org_id) as session:
            mail = await session.scalar(
                select(DeliveryRecord).where(
                    DeliveryRecord.address == who, DeliveryRecord.source_id == self.campaign_id
                )
            )
            assert mail is not None
            event = Event(
                contact_id=mail.contact_id,
                type=type,
                delivery_id=mail.id,
                link=number(link) if link else 0,
                source_id=self.campaign_id,
                first_at=at,
                last_at=at,
                **{"by_machine": False, "times": 1} | fields,
            )
            session.add(event)

    async def report(self) -> CampaignReport:
        async with self.world.desk.reader(self.world.org_id) as session:
            campaign = await session.scalar(select(Campaign).where(Campaign.id == self.campaign_id))
            assert campaign is not None
            return await self.world.sending.delivery.report(session, campaign)


@pytest.fixture
async def sent(world: World, process: Process) -> Sent:
    await world.add_contacts("ann@a.example", "bo@a.example", "cy@b.example", "dee@c.example")
    campaign = await world.add_campaign(content_json=linking(A, B))
    await process.work()
    return Sent(world, campaign)


def soon(world: World, **later: float) -> datetime:
    return world.clock.now() + timedelta(**later)


class TestPeople:
    async def test_each_is_counted_once_and_a_click_proves_an_open(self, world: World, sent: Sent):
        at = soon(world, minutes=5)
        await sent.do("ann@a.example", "opened", at, times=40)
        await sent.do("ann@a.example", "clicked", at, A)
        await sent.do("ann@a.example", "clicked", at, B)
        await sent.do("bo@a.example", "clicked", at, A)
        await sent.do("bo@a.example", "unsubscribed", at)
        found = (await sent.report()).response
        assert (found.sent, found.opened, found.clicked, found.unsubscribed) == (4, 2, 2, 1)

    async def test_machines_are_apart_and_only_where_nobody_else_did(self, world: World, sent: Sent):
        at = soon(world, seconds=1)
        await sent.do("ann@a.example", "opened", at, by_machine=True)
        await sent.do("ann@a.example", "opened", at)
        await sent.do("bo@a.example", "opened", at, by_machine=True)
        await sent.do("cy@b.example", "clicked", at, A, by_machine=True)
        found = (await sent.report()).response
        assert (found.opened, found.clicked) == (1, 0)
        assert (found.machine_opened, found.machine_clicked) == (2, 1)

    async def test_another_campaigns_are_not_this_ones(self, world: World, process: Process, sent: Sent):
        other = Sent(world, await world.add_campaign(content_json=linking(A)))
        await process.work()
        await other.do("ann@a.example", "clicked", soon(world, minutes=1), A)
        report = await sent.report()
        assert (report.response.opened, [link.people for link in report.links]) == (0, [0, 0])


class TestLinks:
    async def test_by_the_address_as_it_was_written(self, world: World, sent: Sent):
        at = soon(world, minutes=5)
        await sent.do("ann@a.example", "clicked", at, B, times=3)
        await sent.do("bo@a.example", "clicked", at, B)
        await sent.do("bo@a.example", "clicked", at, A, by_machine=True, times=2)
        links = (await sent.report()).links
        assert [(x.address, x.clicks, x.people, x.machine_clicks) for x in links] == [
            (B, 4, 2, 0),
            (A, 0, 0, 2),
        ]


class TestProviders:
    async def test_by_the_domain_of_the_address(self, world: World, sent: Sent):
        await sent.do("cy@b.example", "opened", soon(world, minutes=5))
        await sent.do("ann@a.example", "clicked", soon(world, minutes=5), A)
        async with world.database.writer(world.org_id) as session:
            bounced = update(DeliveryRecord).where(DeliveryRecord.address == "bo@a.example")
            await session.execute(bounced.values(state="bounced"))
        world.sending.tools.counts.forget(world.org_id, sent.campaign_id)
        found = (await sent.report()).providers
        assert [(p.domain, p.sent, p.bounced, p.opened, p.clicked) for p in found] == [
            ("a.example", 1, 1, 1, 1),
            ("b.example", 1, 0, 1, 0),
            ("c.example", 1, 0, 0, 0),
        ]

    async def test_small_ones_are_one_line(self, world: World, process: Process):
        await world.add_contacts(*(f"x@{number}.example" for number in range(100, 125)), "y@100.example")
        sent = Sent(world, await world.add_campaign())
        await process.work()
        found = (await sent.report()).providers
        assert (found[0].domain, found[0].sent) == ("100.example", 2)
        assert (len(found), found[-1].domain, found[-1].sent) == (21, "", 5)


class TestRevisions:
    async def test_where_it_was_corrected_on_the_way_each_revision_has_its_own_line(
        self, world: World, sent: Sent
    ):
        assert (await sent.report()).revisions == []
        async with world.database.writer(world.org_id) as session:
            session.add(
                CampaignRevision(
                    campaign_id=sent.campaign_id,
                    revision=2,
                    content_json=linking("https://c.example"),
                    created_at=soon(world, minutes=1),
                )
            )
            later = update(DeliveryRecord).where(DeliveryRecord.address.startswith("ann"))
            await session.execute(later.values(revision=2))
        await sent.do("ann@a.example", "clicked", soon(world, minutes=5), "https://c.example")
        report = await sent.report()
        assert [(r.revision, r.sent, r.opened, r.clicked) for r in report.revisions] == [
            (1, 3, 0, 0),
            (2, 1, 1, 1),
        ]
        assert report.links[0].address == "https://c.example"


class TestCourse:
    async def test_every_first_time_is_in_it_once(self, world: World, sent: Sent):
        for minutes in (3, 7):
            await sent.do("ann@a.example", "clicked", soon(world, minutes=minutes), A if minutes == 7 else B)
        await sent.do("bo@a.example", "opened", soon(world, minutes=7))
        await sent.do("cy@b.example", "opened", soon(world, minutes=1), by_machine=True)
        course = (await sent.report()).course
        assert course.step_seconds == 60
        assert [p.at for p in course.points] == [soon(world, minutes=n) for n in range(8)], "without gaps"
        assert [p.opened for p in course.points] == [0, 0, 0, 1, 0, 0, 0, 1]
        assert [p.clicked for p in course.points] == [0, 0, 0, 1, 0, 0, 0, 0]
        assert sum(p.sent for p in course.points) == 4

    async def test_one_late_opening_does_not_flatten_it(self, world: World, sent: Sent):
        await sent.do("ann@a.example", "opened", soon(world, hours=2))
        await sent.do("bo@a.example", "opened", soon(world, days=200))
        report = await sent.report()
        assert report.response.opened == 2
        assert sum(p.opened for p in report.course.points) == 1
        assert len(report.course.points) <= MAX_POINTS + 1

    @pytest.mark.parametrize("minutes", [0, 1, 96, 97, 1_000, 14 * 24 * 60])
    def test_steps_fit_the_time(self, minutes: int):
        span = timedelta(minutes=minutes)
        assert span <= step_for(span) * MAX_POINTS

    async def test_before_the_start_there_is_none(self, world: World):
        draft = Sent(world, await world.add_campaign(status="DRAFT", send_at=None))
        assert (await draft.report()).course.points == []


class TestWhetherItIsTracked:
    @pytest.mark.parametrize("public", [True, False])
    async def test_it_says_what_new_mails_carry(self, world: World, sent: Sent, public: bool):
        async with world.desk.system_writer() as session:
            await session.execute(update(Org).where(Org.id == world.org_id).values(track_opens=True))
        if not public:
            world.sending.tools.letters.public_url = None
        report = await sent.report()
        assert (report.tracks_opens, report.tracks_clicks, report.is_followed) == (public, False, public)
