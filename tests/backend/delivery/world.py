"""A small world to send in: one database, one organisation, a clock turned by hand, servers in memory."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from random import Random

from sqlalchemy import ColumnElement, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database, make_engine
from backend.db.entry import enter_organisation
from backend.db.feed import take_row_ids
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.feed import OrgFeed
from backend.db.models.org import Org
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord
from backend.db.schema import prepare_database
from backend.delivery.accounts import DefaultAccount
from backend.delivery.mailer import Mailer, ServerLogin
from backend.delivery.memory_mailer import MemoryMailer
from backend.delivery.sending import Sending, assemble
from contract.clock import ManualClock
from contract.contacts import ContactStatus
from contract.ids import new_document_id
from contract.problems import SegmentMissingError
from contract.sequences import Plan, SequenceResume
from tests.backend.delivery.process import Process
from tests.backend.postgres.fixtures import Postgres

SEGMENT = "00000000-0000-7000-8000-000000000001"
CONTENT = {
    "version": 1,
    "subject": "Hello {{ name | you }}",
    "preheader": "News",
    "blocks": [
        {"type": "text", "id": "t", "text": "Dear {{ name | friend }}"},
        {"type": "footer", "id": "f", "address": "1 Main Street"},
    ],
}


def steps_json(*steps: tuple[str, float]) -> dict[str, object]:
    return {
        "steps": [
            {"id": step_id, "delayHours": hours, "contentJson": {**CONTENT, "subject": step_id}}
            for step_id, hours in steps
        ]
    }


class EveryoneAudience:
    """Everyone is in the segment, as long as it exists. `others` are further ones, by id."""

    def __init__(self) -> None:
        self.missing = False
        self.others: dict[str, Callable[[datetime], ColumnElement[bool]]] = {}

    async def members(self, session: AsyncSession, segment_id: str, now: datetime) -> ColumnElement[bool]:
        if segment_id in self.others:
            return self.others[segment_id](now)
        if self.missing or segment_id != SEGMENT:
            raise SegmentMissingError
        return true()


class World:
    """What tests arrange and look at."""

    def __init__(
        self,
        folder: Path,
        seed: int = 1,
        postgres: Postgres | None = None,
        mailer: Mailer | None = None,
    ) -> None:
        """`database` is as the worker sees it, `desk` as who arranges things does."""
        self.clock = ManualClock()
        if postgres is None:
            self.database = Database(make_engine(f"sqlite+aiosqlite:///{folder / 'handbill.db'}"))
            self.desk = self.database
        else:
            self.database = Database(make_engine(postgres.worker_url))
            self.desk = Database(make_engine(postgres.app_url))
        self.mailer = MemoryMailer()
        self.audience = EveryoneAudience()
        self.account = DefaultAccount(ServerLogin("127.0.0.1", 25), "news@example.com", "News", lanes=3)
        self.sending: Sending = assemble(
            database=self.database,
            clock=self.clock,
            random=Random(seed),
            audience=self.audience,
            mailer=mailer or self.mailer,
            default_account=self.account,
            public_url="https://news.example.com",
            unseal=lambda sealed: sealed,
        )
        self.org_id = 0

    async def open(self) -> None:
        await prepare_database(self.database.engine)
        self.org_id = await self.add_org("Acme")

    async def close(self) -> None:
        await self.database.close()
        await self.desk.close()

    async def add_org(self, name: str) -> int:
        async with self.desk.system_writer() as session:
            org = Org(name=name, created_at=self.clock.now())
            session.add(org)
            await session.flush()
            await enter_organisation(session, org.id)
            session.add(OrgFeed(org_id=org.id))
            return org.id

    async def cap_organisation(self, mails_a_day: int) -> None:
        async with self.desk.system_writer() as session:
            await session.execute(update(Org).where(Org.id == self.org_id).values(daily_cap=mails_a_day))

    async def cap_frequency(self, mails: int, days: int) -> None:
        async with self.desk.system_writer() as session:
            values = {"frequency_mails": mails, "frequency_days": days}
            await session.execute(update(Org).where(Org.id == self.org_id).values(**values))

    async def set_zone(self, name: str) -> None:
        """The organisation's."""
        async with self.desk.system_writer() as session:
            await session.execute(update(Org).where(Org.id == self.org_id).values(time_zone=name))

    async def add_contacts(self, *emails: str, org_id: int | None = None, **fields: object) -> list[int]:
        async with self.database.writer(org_id or self.org_id) as session:
            ids = list(await take_row_ids(session, len(emails)))
            for contact_id, email in zip(ids, emails, strict=True):
                values = {"status": ContactStatus.SUBSCRIBED.value, "name": email.split("@")[0], **fields}
                session.add(
                    Contact(
                        id=contact_id,
                        email=email,
                        created_at=self.clock.now(),
                        updated_at=self.clock.now(),
                        **values,
                    )
                )
            return ids

    async def add_campaign(self, **fields: object) -> str:
        values: dict[str, object] = {
            "id": new_document_id(),
            "name": "Autumn",
            "content_json": CONTENT,
            "status": "SCHEDULED",
            "send_at": self.clock.now(),
            "segment_id": SEGMENT,
            "created_at": self.clock.now(),
            "updated_at": self.clock.now(),
        }
        values |= fields
        async with self.database.writer(self.org_id) as session:
            session.add(Campaign(**values))
        return str(values["id"])

    async def add_sequence(
        self, *steps: tuple[str, float], segment_id: str = SEGMENT, **settings: object
    ) -> str:
        """A draft with steps of (id, hours); the step's id is in its subject. Settings as on the wire."""
        values = {
            "id": new_document_id(),
            "name": "Welcome",
            "status": "DRAFT",
            "segment_id": segment_id,
            "steps_json": steps_json(*steps) | {"settings": settings},
            "created_at": self.clock.now(),
            "updated_at": self.clock.now(),
        }
        async with self.database.writer(self.org_id) as session:
            session.add(Sequence(**values))
        return str(values["id"])

    async def publish(
        self, sequence_id: str, *steps: tuple[str, float], plan_hash: str | None = None
    ) -> None:
        """What a person's request does; new steps if any are given."""
        async with self.database.writer(self.org_id) as session:
            sequence = await session.scalar(select(Sequence).where(Sequence.id == sequence_id))
            assert sequence is not None
            if steps:
                sequence.steps_json = sequence.steps_json | steps_json(*steps)
            await self.sending.sequencing.activate(session, sequence, plan_hash, self.clock.now())
            sequence.status = "ACTIVE"

    async def set_sequence(self, sequence_id: str, **fields: object) -> None:
        async with self.database.writer(self.org_id) as session:
            sequence = await session.scalar(select(Sequence).where(Sequence.id == sequence_id))
            assert sequence is not None
            for name, value in fields.items():
                setattr(sequence, name, value)

    async def resume_sequence(self, sequence_id: str, **wanted: object) -> None:
        async with self.database.writer(self.org_id) as session:
            sequence = await session.scalar(select(Sequence).where(Sequence.id == sequence_id))
            assert sequence is not None
            choice = SequenceResume.model_validate(wanted)
            await self.sending.sequencing.resume(session, sequence, choice, self.clock.now())
            sequence.status, sequence.paused_at = "ACTIVE", None

    async def plan(self, sequence_id: str) -> Plan:
        async with self.database.reader(self.org_id) as session:
            sequence = await session.scalar(select(Sequence).where(Sequence.id == sequence_id))
            assert sequence is not None
            return await self.sending.sequencing.plan(session, sequence, self.clock.now())

    async def runs(self, sequence_id: str) -> list[tuple[int, int, str, str]]:
        """(contact, run, state, reason) of everyone who ever was in it, in the order they entered."""
        async with self.database.reader(self.org_id) as session:
            query = select(EnrolmentRecord).where(EnrolmentRecord.sequence_id == sequence_id)
            rows = await session.scalars(query.order_by(EnrolmentRecord.id))
            return [(row.contact_id, row.run_no, row.state, row.exit_reason) for row in rows]

    async def set_settings(self, sequence_id: str, **settings: object) -> None:
        """Of the draft, all of them."""
        async with self.database.writer(self.org_id) as session:
            sequence = await session.scalar(select(Sequence).where(Sequence.id == sequence_id))
            assert sequence is not None
            sequence.steps_json = sequence.steps_json | {"settings": settings}

    async def enrolments(self, sequence_id: str) -> dict[int, EnrolmentRecord]:
        async with self.database.reader(self.org_id) as session:
            query = select(EnrolmentRecord).where(EnrolmentRecord.sequence_id == sequence_id)
            return {row.contact_id: row for row in await session.scalars(query)}

    def subjects(self) -> list[str]:
        """Subjects of the mails that arrived, in order."""
        return [
            line.decode()[9:]
            for _, message in self.mailer.taken
            for line in message.split(b"\r\n")
            if line.startswith(b"Subject: ")
        ]

    async def campaign(self, campaign_id: str) -> Campaign:
        async with self.database.reader(self.org_id) as session:
            found = await session.scalar(select(Campaign).where(Campaign.id == campaign_id))
            assert found is not None
            return found

    async def set_status(self, campaign_id: str, status: str, **fields: object) -> None:
        """What a person's request does: the row and the port, in one transaction."""
        async with self.database.writer(self.org_id) as session:
            found = await session.scalar(select(Campaign).where(Campaign.id == campaign_id))
            assert found is not None
            found.status = status
            for name, value in fields.items():
                setattr(found, name, value)
            await self.sending.delivery.status_changed(session, found, self.clock.now())

    async def set_contact(self, contact_id: int, **fields: object) -> None:
        async with self.database.writer(self.org_id) as session:
            contact = await session.scalar(select(Contact).where(Contact.id == contact_id))
            assert contact is not None
            for name, value in fields.items():
                setattr(contact, name, value)

    async def rows(self, source_id: str) -> list[DeliveryRecord]:
        async with self.database.reader(self.org_id) as session:
            query = select(DeliveryRecord).where(DeliveryRecord.source_id == source_id)
            return list(await session.scalars(query.order_by(DeliveryRecord.id)))

    async def states(self, source_id: str) -> dict[str, str]:
        """By address."""
        return {row.address: row.state for row in await self.rows(source_id)}

    async def reasons(self, source_id: str) -> dict[str, str]:
        return {row.address: row.reason for row in await self.rows(source_id)}

    @asynccontextmanager
    async def process(self) -> AsyncIterator[Process]:
        process = Process(self)
        await process.start()
        try:
            yield process
        finally:
            await process.kill()
