"""Counting a contact's mails in a filter: those sent, opened, clicked in, or come back.

Mails are counted, not repetitions, and people, not machines (backend/db/models/event.py). The usual
questions, whether at all and whether lately, are answered by the contact's own columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, distinct, func, or_, select
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
    since = _since(node, now)
    if node.event in _USED:
        query: Any = select(func.count(distinct(Event.delivery_id))).where(
            Event.org_id == Contact.org_id,
            Event.contact_id == Contact.id,
            Event.type.in_(_USED[node.event].types),
            Event.by_machine.is_(False),
        )
        at, source = Event.last_at, Event.source_id
    else:
        states = _TAKEN if node.event is Events.SENT else (DeliveryState.BOUNCED,)
        query = select(func.count()).where(
            DeliveryRecord.org_id == Contact.org_id,
            DeliveryRecord.contact_id == Contact.id,
            DeliveryRecord.state.in_(states),
        )
        at, source = DeliveryRecord.updated_at, DeliveryRecord.source_id
    if since is not None:
        query = query.where(at >= since)
    if node.campaign_id is not None:
        query = query.where(source == node.campaign_id)
    found: ColumnElement[int] = query.correlate(Contact).scalar_subquery()
    return found


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
    counted = count_of(node, now)
    by_count: Mapping[CountOp, ColumnElement[bool]] = {
        CountOp.AT_LEAST: counted >= node.count,
        CountOp.AT_MOST: counted <= node.count,
        CountOp.EXACTLY: counted == node.count,
    }
    whole = by_count[node.op]
    if node.event not in _USED or node.campaign_id is not None:
        return whole
    last, since = _USED[node.event].last, _since(node, now)
    ever = last.is_not(None) if since is None else and_(last.is_not(None), last >= since)
    never = last.is_(None) if since is None else or_(last.is_(None), last < since)
    if node.op is CountOp.AT_LEAST and node.count:
        return ever if node.count == 1 else and_(ever, whole)
    if node.op is not CountOp.AT_LEAST:
        return never if node.count == 0 else or_(never, whole) if node.op is CountOp.AT_MOST else whole
    return whole
