"""What the time machine foretells is what happens: it is played, then really run on the injected clock."""

from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import false, func, select

from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery.mailer import Envelope, RefusedError, Stage
from contract.problems import InvalidError, MissingError, NotReadyError
from contract.sequence_settings import WEEK
from contract.simulation import Simulate, Simulation
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World

HOUR = 3600
ANN = "ann@example.org"
GOAL = "00000000-0000-7000-8000-00000000000b"
TRIAL = "00000000-0000-7000-8000-00000000000a"
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", None)
OFFICE = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}
Way = tuple[list[tuple[str, datetime]], str, str]
"""The mails of a contact with their moments, and how it ended and why."""


async def simulated(world: World, sequence_id: str, email: str = ANN, **wanted: object) -> Simulation:
    async with world.database.reader(world.org_id) as session:
        sequence = await session.scalar(select(Sequence).where(Sequence.id == sequence_id))
        assert sequence is not None
        asked = Simulate.model_validate({"email": email, **wanted})
        return await world.sending.sequencing.simulate(session, sequence, asked, world.clock.now())


async def greylisted(envelope: Envelope, message: bytes) -> None:
    raise RefusedError(Stage.RCPT, 451, "greylisted")


async def foretold(world: World, sequence_id: str, emails: list[str]) -> dict[str, Way]:
    found = {email: await simulated(world, sequence_id, email) for email in emails}
    return {
        email: ([(mail.step_id, mail.at) for mail in play.mails], play.ending, play.end_reason)
        for email, play in found.items()
    }


async def happened(world: World, sequence_id: str) -> dict[str, Way]:
    async with world.database.reader(world.org_id) as session:
        ends = await session.execute(
            select(Contact.email, EnrolmentRecord.state, EnrolmentRecord.exit_reason)
            .join(EnrolmentRecord, EnrolmentRecord.contact_id == Contact.id)
            .where(EnrolmentRecord.sequence_id == sequence_id)
        )
        ways: dict[str, Way] = {email: ([], state, reason) for email, state, reason in ends}
        mails = await session.execute(
            select(Contact.email, DeliveryRecord.step_id, DeliveryRecord.updated_at)
            .join(DeliveryRecord, DeliveryRecord.contact_id == Contact.id)
            .where(DeliveryRecord.source_id == sequence_id, DeliveryRecord.state == "accepted")
            .order_by(DeliveryRecord.updated_at, DeliveryRecord.id)
        )
        for email, step_id, at in mails:
            ways[email][0].append((step_id, at))
    return ways


@pytest.mark.parametrize("seed", range(2))
async def test_it_foretells_what_happens(world: World, process: Process, seed: int):
    """Random steps and settings, in all the world, with some who will leave or reach the goal."""
    random = Random(seed)
    await world.cap_frequency(random.choice((1, 2)), random.choice((2, 3)))
    await world.set_zone(random.choice(("", "Pacific/Honolulu")))
    world.audience.others = {
        GOAL: lambda now: (Contact.name == "soon") & (Contact.created_at < now - timedelta(days=4)),
        TRIAL: lambda now: (Contact.name != "short") | (Contact.created_at > now - timedelta(days=3)),
    }
    emails = []
    for number, zone in enumerate(ZONES * 2):
        name = random.choice(("soon", "short", "stays"))
        emails.append(f"c{number}@example.org")
        await world.add_contacts(emails[-1], time_zone=zone, name=name)
    steps = [(f"s{number}", random.choice((0, 0, 1, 20, 48, 75.5))) for number in range(5)]
    window = {
        "days": random.sample(list(WEEK), random.randint(2, 7)),
        "opens": f"{random.randrange(24):02}:30",
        "closes": f"{random.randrange(24):02}:00",
    }
    settings = {"goalSegmentId": GOAL, "exitOnLeaving": random.random() < 0.7, "sendWindow": window}
    sequence = await world.add_sequence(*steps, segment_id=TRIAL, **settings)
    await world.publish(sequence)
    entering = await foretold(world, sequence, emails)
    await process.run_until(world.clock.now() + timedelta(days=3, hours=random.randrange(24)))
    later = await foretold(world, sequence, emails)
    so_far = await happened(world, sequence)
    await process.run_until(world.clock.now() + timedelta(days=80))
    ways = await happened(world, sequence)
    for email in emails:
        assert entering[email] == ways[email]
    going_on = {email for email, (_, state, _) in so_far.items() if state == "active"}
    for email in going_on:
        assert later[email] == (ways[email][0][len(so_far[email][0]) :], *ways[email][1:])


class TestWhatItSays:
    async def test_each_wait_is_named_in_the_contacts_own_time(self, world: World):
        noon_friday = datetime.fromisoformat("2026-03-06T12:00:00+00:00")
        await world.add_contacts(ANN, time_zone="America/New_York", name="Ann")
        sequence = await world.add_sequence(("hello", 0), ("tips", 48), sendWindow=OFFICE)
        play = await simulated(world, sequence, entersAt=noon_friday.isoformat())
        assert (play.draft, play.continues, play.time_zone) == (True, False, "America/New_York")
        assert not play.organisations_zone
        first, second = play.mails
        assert (first.local_at, first.number, first.subject) == ("2026-03-06T09:00:00-05:00", 1, "hello")
        # Clocks are set forward on the Sunday between.
        assert second.local_at == "2026-03-09T09:00:00-04:00"
        assert [wait.reason for wait in first.waits] == ["window"]
        assert [wait.reason for wait in second.waits] == ["delay", "window"]
        assert second.waits[0].until == noon_friday + timedelta(hours=2 + 48)
        assert (play.ending, play.ends_at) == ("finished", second.at)

    async def test_whose_clock_it_is_where_the_contact_has_none(self, world: World):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), sendWindow=OFFICE)
        noon = {"entersAt": "2026-03-06T12:00:00Z"}
        clocks = {"": "12:00:00+00:00", "America/New_York": "09:00:00-05:00", "UTC": "12:00:00+00:00"}
        for zone, local in clocks.items():
            await world.set_zone(zone)
            play = await simulated(world, sequence, **noon)
            assert (play.time_zone, play.organisations_zone) == (zone or "UTC", bool(zone))
            assert [mail.local_at for mail in play.mails] == [f"2026-03-06T{local}"]

    async def test_it_says_where_it_ends_and_why(self, world: World, process: Process):
        (ann,) = await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24))
        await world.set_contact(ann, status="unsubscribed")
        play = await simulated(world, sequence)
        assert (play.mails, play.ending, play.end_reason) == ([], "exited", "unsubscribed")
        assert play.notes == ["This contact would not enter by itself then: it is unsubscribed."]
        await world.set_contact(ann, status="subscribed")
        assert (await simulated(world, sequence)).notes == []
        world.audience.missing = True
        assert "nobody enters" in (await simulated(world, sequence)).notes[0]
        await world.set_settings(sequence, goalSegmentId=GOAL)
        assert (await simulated(world, sequence)).ending == "held"

    async def test_a_mail_on_its_way_is_held_too_while_a_segment_is_gone(
        self, world: World, process: Process
    ):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24), goalSegmentId=GOAL)
        world.audience.others[GOAL] = lambda _: false()
        await world.publish(sequence)
        world.mailer.before_door = greylisted
        await process.work()
        assert [mail.step_id for mail in (await simulated(world, sequence)).mails] == ["hello", "tips"]
        del world.audience.others[GOAL]
        play = await simulated(world, sequence)
        assert (play.mails, play.ending) == ([], "held")

    async def test_draft_and_published_are_two_plays(self, world: World, process: Process):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0), ("tips", 24))
        with pytest.raises(NotReadyError, match="never published"):
            await simulated(world, sequence, draft=False)
        await world.publish(sequence)
        await process.work()
        await world.clock.advance(HOUR)
        draft = {"steps": [{"id": "more", "delayHours": 5, "contentJson": {"version": 1, "subject": "?"}}]}
        await world.set_sequence(sequence, steps_json=draft)
        assert [mail.step_id for mail in (await simulated(world, sequence)).mails] == ["tips"]
        assert (await simulated(world, sequence, draft=True)).mails == [], "publishing it would end it"
        fresh = await simulated(world, sequence, draft=True, entersAt=world.clock.now().isoformat())
        assert fresh.notes == ["This contact would not enter by itself then: it was in the sequence before."]
        assert [mail.step_id for mail in fresh.mails] == ["more"]
        await world.set_sequence(sequence, steps_json={"steps": []})
        with pytest.raises(NotReadyError, match="no steps"):
            await simulated(world, sequence, draft=True)

    async def test_an_unknown_address_or_a_moment_beyond_all_calendars_is_said(self, world: World):
        sequence = await world.add_sequence(("hello", 0))
        with pytest.raises(MissingError, match="no contact with this address"):
            await simulated(world, sequence)
        with pytest.raises(InvalidError):
            await simulated(world, sequence, entersAt="9999-12-31T00:00:00Z")

    async def test_it_writes_nothing(self, world: World):
        await world.add_contacts(ANN)
        sequence = await world.add_sequence(("hello", 0))
        await world.publish(sequence)
        await simulated(world, sequence, email=" ANN@Example.org ")
        async with world.database.reader(world.org_id) as session:
            for model in (DeliveryRecord, EnrolmentRecord):
                assert await session.scalar(select(func.count()).select_from(model)) == 0
