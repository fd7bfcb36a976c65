"""Counting a contact's mails in a filter: those sent, opened, clicked in, or come back.

Mails are counted, not repetitions, and people, not machines (backend/db/models/event.py). The usual
questions, whether at all and whether lately, are answered by the contact's own columns.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, distinct, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import OPENING, Event, EventType
from contract.delivery import DeliveryState
from contract.segment_ast import CountOp, EventCount, Events, parse_duration

_TAKEN = (DeliveryState.ACCEPTED, DeliveryState.COMPLAINED)


@dataclass(frozen=True, slots=True)
class _Used:
    """Which events prove it, and where the contact has the newest of them."""

    types: tuple[EventType, ...]
    last: InstrumentedAttribute[datetime | None]


_USED: Mapping[Events, _Used] = {
    Events.OPENED: _Used(OPENING, Contact.last_open_at),
    Events.CLICKED: _Used((EventType.CLICKED,), Contact.last_click_at),
}


def count_of(node: EventCount, now: datetime) -> ColumnElement[int]:
    """How many mails, for the contact of the statement around. The organisation is tied to the contact's."""
    table: type[Event | DeliveryRecord] = Event if node.event in _USED else DeliveryRecord
    what = func.count(distinct(Event.delivery_id)) if node.event in _USED else func.count()
    query = select(what).where(
        table.org_id == Contact.org_id, table.contact_id == Contact.id, *_meant(node, now)
    )
    found: ColumnElement[int] = query.correlate(Contact).scalar_subquery()
    return found


def _meant(node: EventCount, now: datetime) -> Iterator[ColumnElement[bool]]:
    """Which rows of events, or of the ledger, are counted."""
    if node.event in _USED:
        yield Event.type.in_(_USED[node.event].types)
        yield Event.by_machine.is_(False)
        at, source = Event.last_at, Event.source_id
    else:
        yield DeliveryRecord.state.in_(_TAKEN if node.event is Events.SENT else (DeliveryState.BOUNCED,))
        at, source = DeliveryRecord.updated_at, DeliveryRecord.source_id
    since = _since(node, now)
    if since is not None:
        yield at >= since
    if node.campaign_id is not None:
        yield source == node.campaign_id


def _since(node: EventCount, now: datetime) -> datetime | None:
    if node.within is None:
        return None
    hours = parse_duration(node.within)
    assert hours is not None
    try:
        return now - timedelta(hours=hours)
    except OverflowError:
        return None


def event_condition(node: EventCount, now: datetime) -> ColumnElement[bool]:
    """True or false for every contact, never NULL."""
    if node.event not in _USED:
        return _of_ledger(node, now)
    counted = count_of(node, now)
    by_count: Mapping[CountOp, ColumnElement[bool]] = {
        CountOp.AT_LEAST: counted >= node.count,
        CountOp.AT_MOST: counted <= node.count,
        CountOp.EXACTLY: counted == node.count,
    }
    whole = by_count[node.op]
    if node.campaign_id is not None:
        return whole
    last, since = _USED[node.event].last, _since(node, now)
    ever = last.is_not(None) if since is None else and_(last.is_not(None), last >= since)
    never = last.is_(None) if since is None else or_(last.is_(None), last < since)
    if node.op is CountOp.AT_LEAST:
        return ever if node.count == 1 else and_(ever, whole) if node.count else true()
    if node.count == 0:
        return never
    return or_(never, whole) if node.op is CountOp.AT_MOST else and_(ever, whole)


def _of_ledger(node: EventCount, now: datetime) -> ColumnElement[bool]:
    """In one pass over the ledger: asked contact by contact, SQLite would read all of it for each."""
    mails = select(DeliveryRecord.org_id, DeliveryRecord.contact_id).where(*_meant(node, now))
    by_contact = mails.group_by(DeliveryRecord.org_id, DeliveryRecord.contact_id)
    many = func.count()
    if node.op is CountOp.AT_LEAST:
        return _among(by_contact.having(many >= node.count)) == 1 if node.count else true()
    if node.op is CountOp.AT_MOST or node.count == 0:
        return _among(by_contact.having(many > node.count)) == 0
    return _among(by_contact.having(many == node.count)) == 1


def _among(contacts: Select[int, int]) -> ColumnElement[int]:
    """1 or 0. For a plain NOT IN over pairs SQLite looks through the whole list for a NULL, each time."""
    return case((tuple_(Contact.org_id, Contact.id).in_(contacts), 1), else_=0)
