"""Writing down, every few seconds and all at once, what was done with mails.

A row per open would be a commit to the disk per open; here thousands of them are one. Each round also
settles what only several uses together show: a scanner that followed all links of a mail.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import take_row_ids
from backend.db.models.contact import Contact
from backend.db.models.event import OPENING, Event, EventType
from backend.parts import Parts
from backend.ports import Ports
from backend.tracking.events import BATCH, write_events
from backend.tracking.machines import links_in_bursts
from backend.uses import Span, Use, Uses

EVERY_SECONDS = 5.0

log = structlog.get_logger("handbill.backend")

_HERE = {"synchronize_session": False}


def _bursts(spans: Mapping[Use, Span]) -> set[Use]:
    """Clicks as people's that only a machine makes."""
    by_mail: dict[int, list[tuple[Use, Span]]] = {}
    for use, span in spans.items():
        if use.type is EventType.CLICKED and not use.by_machine:
            by_mail.setdefault(use.delivery_id, []).append((use, span))
    found: set[Use] = set()
    for clicks in by_mail.values():
        links = links_in_bursts((use.link, span.first_at) for use, span in clicks)
        found |= {use for use, _ in clicks if use.link in links}
    return found


async def _earlier_clicks(session: AsyncSession, mails: Collection[int]) -> dict[Use, Span]:
    """Of these mails, by people: a burst may have begun in the round before, or in another process."""
    found: dict[Use, Span] = {}
    ids = sorted(mails)
    for start in range(0, len(ids), BATCH):
        rows = await session.scalars(
            select(Event).where(
                Event.delivery_id.in_(ids[start : start + BATCH]),
                Event.type == EventType.CLICKED,
                Event.by_machine.is_(False),
            )
        )
        for row in rows:
            use = Use(row.contact_id, EventType.CLICKED, row.delivery_id, row.source_id, row.link)
            found[use] = Span(row.first_at, row.last_at, row.times)
    return found


async def _unsay(session: AsyncSession, use: Use) -> None:
    """It was noted as a person's click."""
    await session.execute(
        delete(Event).where(
            Event.contact_id == use.contact_id,
            Event.type == use.type,
            Event.delivery_id == use.delivery_id,
            Event.link == use.link,
            Event.by_machine.is_(False),
        ),
        execution_options=_HERE,
    )


def _last(*types: EventType) -> Any:
    """The newest of these by the contact itself. The border is named: an UPDATE does not lend its own."""
    return (
        select(func.max(Event.last_at))
        .where(
            Event.org_id == Contact.org_id,
            Event.contact_id == Contact.id,
            Event.type.in_(types),
            Event.by_machine.is_(False),
        )
        .correlate(Contact)
        .scalar_subquery()
    )


async def freshen(session: AsyncSession, contacts: Collection[int]) -> None:
    """What filters ask contacts for, and the mark by which they are looked at again."""
    rev = (await take_row_ids(session))[0]
    last = {"last_open_at": _last(*OPENING), "last_click_at": _last(EventType.CLICKED), "rev": rev}
    ids = sorted(contacts)
    for start in range(0, len(ids), BATCH):
        these = Contact.id.in_(ids[start : start + BATCH])
        await session.execute(update(Contact).where(these).values(last), execution_options=_HERE)


async def write_down(session: AsyncSession, spans: Mapping[Use, Span]) -> None:
    """One organisation's, in its write transaction."""
    fresh = dict(spans)
    clicked = {use.delivery_id for use in fresh if use.type is EventType.CLICKED}
    earlier = await _earlier_clicks(session, clicked)
    known = {use: earlier[use].with_(span) if use in earlier else span for use, span in fresh.items()}
    for use in _bursts(earlier | known):
        if use in earlier:
            await _unsay(session, use)
        span = known.get(use, earlier.get(use))
        assert span is not None
        fresh.pop(use, None)
        machine = use._replace(by_machine=True)
        fresh[machine] = fresh[machine].with_(span) if machine in fresh else span
    await write_events(session, fresh)
    await freshen(session, {use.contact_id for use in fresh})


async def write_all(database: Database, uses: Uses) -> None:
    """Everything that waits; what could not be written waits on, also when the end cuts a round short."""
    taken = dict(uses.take())
    try:
        for org_id in list(taken):
            try:
                async with database.writer(org_id) as session:
                    await write_down(session, taken[org_id])
            except Exception as error:  # noqa: BLE001 - the next round tries again; serving goes on
                log.warning("opens and clicks not written", error=type(error).__name__)
            else:
                del taken[org_id]
    finally:
        for org_id, spans in taken.items():
            for use, span in spans.items():
                uses.add(org_id, use, span)


async def _keep_writing(parts: Parts) -> None:
    while True:
        await parts.clock.sleep(EVERY_SECONDS)
        await write_all(parts.database, parts.uses)


@asynccontextmanager
async def recording(parts: Parts, ports: Ports) -> AsyncIterator[None]:
    """Runs beside the routes; at the end it writes what is left."""
    del ports
    task = asyncio.create_task(_keep_writing(parts))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await write_all(parts.database, parts.uses)
