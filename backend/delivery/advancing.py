"""ADVANCE: whoever's step is due gets a delivery row for it and begins to wait for the next step.

Both are written in one transaction, so nobody gets a step twice and nobody is forgotten in between. By which
rules is in due_steps.py, how in sequence_moves.py.

People are read and their moves planned outside that transaction: the next batch while one is written, and the
organisation's other writers wait for the writing alone. What was read may have changed by then. So a batch is
written only if all in it still wait for the same step, at the same moment, of the same published steps; else
nothing is, and people are read anew. Consent is asked again before each mail anyway.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from backend.db.engine import Database
from backend.delivery.claims import suppressed_addresses
from backend.delivery.due_people import FIRST, Place, Published, due_people, place_of, published
from backend.delivery.due_steps import Known, Memberships, Person, plan_batch
from backend.delivery.memberships import find_memberships
from backend.delivery.sequence_moves import OvertakenError, Prepared, Publication, prepare, write
from backend.delivery.sources import Source
from backend.ports import Audience
from backend.suppressing import mail_address
from contract.clock import Clock

BATCH = 1_500
"""So many people at most hold up the organisation's other writers at a time."""


class _Found(NamedTuple):
    published: Published
    people: Sequence[Person]
    suppressed: dict[str, str]


class _Planned(NamedTuple):
    last: Place
    people: int
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class _Advance:
    database: Database
    audience: Audience
    source: Source
    clock: Clock

    async def plan(self, after: Place) -> _Planned | None:
        """None if nobody who is due comes behind that place, or nobody may move."""
        now = self.clock.now()
        look = partial(_look, source=self.source, after=after, now=now)
        found = await self.database.read_ledger(look, inside=self.source.org_id)
        if found is None:
            return None
        memberships = await self._memberships(found, now)
        return await asyncio.to_thread(self._plan, found, memberships, now)

    async def _memberships(self, found: _Found, now: datetime) -> Memberships:
        """Segments are asked in an organisation's session, and only where a rule wants it."""
        rules, ids = found.published.rules, [person.contact_id for person in found.people]
        if not rules.asks_about:
            return Memberships()
        async with self.database.reader(self.source.org_id) as session:
            return await find_memberships(self.audience, session, rules, ids, now)

    def _plan(self, found: _Found, memberships: Memberships, now: datetime) -> _Planned:
        steps, rules, revision = found.published
        known, people = Known(steps, rules, found.suppressed, memberships, now), found.people
        of = Publication(self.source, revision)
        prepared = prepare(self.database.dialect, of, people, plan_batch(people, known))
        return _Planned(place_of(people[-1]), len(people), prepared)

    async def write(self, planned: _Planned) -> bool:
        """False, and nothing is written, if somebody was faster: publishing, a bounce, a person."""
        try:
            try:
                await self._write(planned)
            except IntegrityError:
                await self._write(planned, around=True)
        except OvertakenError:
            return False
        return True

    async def _write(self, planned: _Planned, *, around: bool = False) -> None:
        work = partial(write, prepared=planned.prepared, now=self.clock.now(), around=around)
        await self.database.write_ledger(work, inside=self.source.org_id, in_turn=True, thread="moves")


async def advance(database: Database, audience: Audience, source: Source, clock: Clock) -> int:
    """Move everyone in a sequence whose step is due, once; how many were moved.

    From the first who is due to the last: whoever was moved is left behind in the index until the database
    tidies up, and to begin at the front for each batch would be to pass by all of them again.
    """
    work, moved = _Advance(database, audience, source, clock), 0
    planned = await work.plan(FIRST)
    while planned is not None:
        written, following = await asyncio.gather(work.write(planned), work.plan(planned.last))
        if written:
            moved += planned.people
            planned = following
        else:
            planned = await work.plan(FIRST)
    return moved


def _look(connection: Connection, source: Source, after: Place, now: datetime) -> _Found | None:
    steps = published(connection, source)
    people = due_people(connection, source, after, now, BATCH) if steps is not None else []
    if steps is None or not people:
        return None
    addresses = [mail_address(person.email) for person in people if person.email]
    return _Found(steps, people, suppressed_addresses(connection, source.org_id, addresses))
