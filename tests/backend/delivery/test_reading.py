"""What people see of a send: the funnel before it, progress during it, the report after it."""

import pytest
from sqlalchemy import select

from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.db.models.delivery import DeliveryRecord
from backend.delivery.mailer import AccountTroubleError, Envelope, LostError, RefusedError, ServerLogin, Stage
from backend.ports import DeliveryFilter, DeliveryPage
from contract.delivery import DeliveryState
from contract.problems import NotReadyError, SegmentMissingError
from tests.backend.delivery.process import Process
from tests.backend.delivery.test_state_machine import once
from tests.backend.delivery.world import World


async def loaded(world: World, campaign_id: str) -> Campaign:
    async with world.database.reader(world.org_id) as session:
        return (await session.scalars(select(Campaign).where(Campaign.id == campaign_id))).one()


class TestFunnel:
    async def test_each_step_says_how_many_drop_out(self, world: World):
        await world.add_contacts("a@example.org", "b@example.org", "x@bücher.example")
        await world.add_contacts("u@example.org", status="unsubscribed")
        await world.add_contacts("s@example.org", status="bounced")
        await world.add_contacts("x@xn--bcher-kva.example")
        campaign = await loaded(world, await world.add_campaign())
        async with world.database.reader(world.org_id) as session:
            funnel = await world.sending.delivery.audience(session, campaign, world.clock.now())
        assert (funnel.matched, funnel.suppressed, funnel.unsubscribed, funnel.duplicate) == (6, 1, 1, 1)
        assert funnel.will_send == 3

    async def test_the_hash_changes_with_the_people_not_with_their_names(self, world: World):
        ids = await world.add_contacts("a@example.org", "b@example.org")
        campaign = await loaded(world, await world.add_campaign())

        async def now() -> str:
            async with world.database.reader(world.org_id) as session:
                funnel = await world.sending.delivery.audience(session, campaign, world.clock.now())
                return funnel.audience_hash

        first = await now()
        await world.set_contact(ids[0], name="Renamed")
        assert await now() == first
        await world.set_contact(ids[0], status="unsubscribed")
        assert await now() != first

    async def test_without_a_segment_there_is_no_audience(self, world: World):
        campaign = await loaded(world, await world.add_campaign(segment_id=None))
        async with world.database.reader(world.org_id) as session:
            with pytest.raises(SegmentMissingError):
                await world.sending.delivery.audience(session, campaign, world.clock.now())


class TestReport:
    async def test_states_reasons_and_names(self, world: World, process: Process):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(6)))
        await world.add_contacts("u@example.org", status="unsubscribed")
        world.mailer.before_door = once(RefusedError(Stage.RCPT, 550, "5.1.1 unknown"), "c1@example.org")
        world.mailer.after_body = once(LostError("silence"), "c2@example.org")
        campaign = await world.add_campaign()
        await process.work()
        row = await loaded(world, campaign)
        async with world.database.reader(world.org_id) as session:
            delivery = world.sending.delivery
            report = await delivery.report(session, row)
            unknown = await delivery.deliveries(
                session, row.id, DeliveryFilter(DeliveryState.UNKNOWN), DeliveryPage(10)
            )
            pages = [await delivery.deliveries(session, row.id, DeliveryFilter(), DeliveryPage(4))]
            pages.append(
                await delivery.deliveries(
                    session, row.id, DeliveryFilter(), DeliveryPage(4, int(pages[0][-1].id))
                )
            )
        progress = report.progress
        assert (progress.total, progress.accepted, progress.bounced) == (7, 4, 1)
        assert (progress.unknown, progress.skipped, progress.done) == (1, 1, 7)
        assert report.reasons["unsubscribed"] == 1
        assert [point.sent for point in report.course.points] == [4]
        assert report.course.points[0].at == world.clock.now().replace(second=0, microsecond=0)
        assert [(row.email, row.reason) for row in unknown] == [("c2@example.org", "silence")]
        assert [len(page) for page in pages] == [4, 3]
        assert len({row.id for page in pages for row in page}) == 7

    async def test_a_server_in_trouble_is_named_while_mails_wait(self, world: World, process: Process):
        await world.add_contacts("ann@example.org")
        world.mailer.trouble = AccountTroubleError("mail.example.com:25 cannot be used")
        campaign = await world.add_campaign()
        await process.work()
        row = await loaded(world, campaign)
        async with world.database.reader(world.org_id) as session:
            report = await world.sending.delivery.report(session, row)
        assert report.reasons == {"waiting: mail.example.com:25 cannot be used": 1}


class TestTestMails:
    async def test_they_go_to_the_named_only_and_leave_no_trace(self, world: World):
        (ann,) = await world.add_contacts("ann@example.org", name="Ann")
        campaign_id = await world.add_campaign(status="DRAFT")
        campaign = await loaded(world, campaign_id)
        async with world.database.reader(world.org_id) as session:
            taken = await world.sending.delivery.test(session, campaign, ["me@example.com"], ann)
        assert taken == world.mailer.recipients() == ["me@example.com"]
        assert world.subjects() == ["[Test] Hello Ann"]
        assert await world.rows(campaign_id) == []

    async def test_a_refusal_is_told(self, world: World):
        world.mailer.before_door = once(RefusedError(Stage.RCPT, 550, "unknown user"))
        campaign = await loaded(world, await world.add_campaign(status="DRAFT"))
        async with world.database.reader(world.org_id) as session:
            with pytest.raises(NotReadyError, match="unknown user"):
                await world.sending.delivery.test(session, campaign, ["me@example.com"], None)


class TestAccounts:
    async def test_the_organisations_own_account_comes_first(self, world: World, process: Process):
        logins: list[ServerLogin] = []
        connect = world.mailer.connect

        async def noting(login: ServerLogin):
            logins.append(login)
            return await connect(login)

        world.mailer.connect = noting  # type: ignore[method-assign]
        async with world.database.writer(world.org_id) as session:
            session.add(
                SendingAccount(
                    id=900,
                    name="Own",
                    host="own.example",
                    port=587,
                    tls="none",
                    from_email="own@example.net",
                    created_at=world.clock.now(),
                )
            )
        await world.add_contacts("ann@example.org")
        await world.add_campaign()
        await process.work()
        assert {login.host for login in logins} == {"own.example"}
        assert world.mailer.taken[0][0] == Envelope("own@example.net", "ann@example.org")

    async def test_without_any_account_the_campaign_says_so(self, world: World, process: Process):
        world.sending.tools.accounts.use_default(None)
        await world.add_contacts("ann@example.org")
        campaign = await world.add_campaign()
        await process.work()
        found = await world.campaign(campaign)
        assert (found.status, found.paused_reason) == ("PAUSED", "no_sending_account")


async def test_a_due_campaign_without_a_worker_says_so(world: World):
    await world.add_contacts("ann@example.org")
    campaign = await world.campaign(await world.add_campaign())
    async with world.desk.reader(world.org_id) as session:
        report = await world.sending.delivery.report(session, campaign)
        assert report.reasons == {"waiting: no sending worker is running": 0}
    async with world.process(), world.desk.reader(world.org_id) as session:
        assert (await world.sending.delivery.report(session, campaign)).reasons == {}


async def test_speed_is_shown_where_another_process_sends(world: World):
    """On PostgreSQL the server that is asked never sends itself."""
    ids = await world.add_contacts(*(f"c{number}@example.org" for number in range(40)))
    campaign = await world.add_campaign(status="SENDING", started_at=world.clock.now())

    async def sent_elsewhere(count: int) -> float:
        async with world.desk.writer(world.org_id) as session:
            for _ in range(count):
                contact_id = ids.pop()
                row = {"id": contact_id, "source_id": campaign, "revision": 1, "contact_id": contact_id}
                session.add(
                    DeliveryRecord(
                        **row, address=str(contact_id), state="accepted", updated_at=world.clock.now()
                    )
                )
        world.sending.tools.counts.forget(world.org_id, campaign)
        async with world.desk.reader(world.org_id) as session:
            return (await world.sending.delivery.progress(session, [campaign]))[campaign].per_second

    assert await sent_elsewhere(0) == 0
    await world.clock.advance(2)
    assert await sent_elsewhere(20) == 10
    await world.clock.advance(2)
    assert await sent_elsewhere(20) == 10
    await world.clock.advance(11)
    assert await sent_elsewhere(0) == 0, "it ended a while ago"


async def test_deliveries_are_found_by_words_of_their_reason(world: World, process: Process):
    await world.add_contacts("ann@example.org", "bo@example.org")
    await world.add_contacts("left@example.org", status="unsubscribed")
    world.mailer.before_door = once(RefusedError(Stage.RCPT, 550, "5.1.1 Unknown 100%"), "bo@example.org")
    campaign_id = await world.add_campaign()
    await process.work()
    campaign = await loaded(world, campaign_id)

    async def found(**wanted: object) -> list[str]:
        async with world.desk.reader(world.org_id) as session:
            which = DeliveryFilter(**wanted)
            rows = await world.sending.delivery.deliveries(session, campaign.id, which, DeliveryPage(10))
        return [row.email for row in rows]

    assert await found(reason="unknown 100%") == ["bo@example.org"]
    assert await found(reason="100_") == []
    assert await found(reason="un") == ["bo@example.org", "left@example.org"]
    assert await found(reason="un", state=DeliveryState.SKIPPED) == ["left@example.org"]
    assert len(await found()) == 3
