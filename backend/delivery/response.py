"""What recipients did with the mails of a campaign or a sequence, counted by the database.

A person is counted once for each mail: whoever follows a link has opened, and what machines do on their own
is counted apart (backend/tracking/machines.py).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.campaign import CampaignRevision
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import OPENING, Event, EventType
from backend.frozen_links import FrozenLinks
from contract.delivery import DeliveryState
from contract.reports import LinkCount, ProviderCount, Response, RevisionCount
from render_preview.targets import as_written
from render_preview.tracking import Address

SENT = (DeliveryState.ACCEPTED, DeliveryState.COMPLAINED)
"""The recipient's server took them."""
MAX_PROVIDERS = 20


def first_times(source_id: str, *types: EventType) -> Select[int, datetime]:
    """(mail, when) people first did any of these."""
    return (
        select(Event.delivery_id, func.min(Event.first_at).label("at"))
        .where(Event.source_id == source_id, Event.type.in_(types), Event.by_machine.is_(False))
        .group_by(Event.delivery_id)
    )


def reactions(source_id: str) -> dict[str, ColumnElement[bool]]:
    """What holds for the events of each reaction, by its name in a report; each mail counts once."""
    mine = Event.source_id == source_id
    by_person = and_(mine, Event.by_machine.is_(False))
    opened_by_people = select(Event.delivery_id).where(by_person, Event.type.in_(OPENING))
    clicked_by_people = select(Event.delivery_id).where(by_person, Event.type == EventType.CLICKED)
    by_machine = and_(mine, Event.by_machine)
    return {
        "opened": and_(by_person, Event.type.in_(OPENING)),
        "clicked": and_(by_person, Event.type == EventType.CLICKED),
        "unsubscribed": and_(by_person, Event.type == EventType.UNSUBSCRIBED),
        "machine_opened": and_(by_machine, Event.delivery_id.not_in(opened_by_people)),
        "machine_clicked": and_(
            by_machine, Event.type == EventType.CLICKED, Event.delivery_id.not_in(clicked_by_people)
        ),
    }


def ends(states: Mapping[str, int]) -> dict[str, int]:
    """How mails by their state are counted in a report."""
    return {
        "sent": sum(states.get(state, 0) for state in SENT),
        "bounced": states.get(DeliveryState.BOUNCED, 0),
        "complained": states.get(DeliveryState.COMPLAINED, 0),
    }


async def find_response(session: AsyncSession, source_id: str, states: Mapping[str, int]) -> Response:
    """`states` are the mails by their state."""
    counts = {
        name: await session.scalar(select(func.count(distinct(Event.delivery_id))).where(condition))
        for name, condition in reactions(source_id).items()
    }
    return Response(**ends(states), **{name: count or 0 for name, count in counts.items()})


async def campaign_addresses(
    session: AsyncSession, campaign_id: str, frozen: FrozenLinks
) -> dict[int, Address]:
    """The links of every revision, by number."""
    revisions = select(CampaignRevision.revision).where(CampaignRevision.campaign_id == campaign_id)
    found: dict[int, Address] = {}
    for revision in await session.scalars(revisions.order_by(CampaignRevision.revision)):
        found |= await frozen.of(session, campaign_id, revision)
    return found


async def find_links(
    session: AsyncSession, source_id: str, addresses: Mapping[int, Address]
) -> list[LinkCount]:
    """Each of these, and what people followed besides; those that most people followed first."""
    found = {n: LinkCount(address=as_written(address)) for n, address in addresses.items()}
    query = (
        select(
            Event.link,
            Event.by_machine,
            func.sum(Event.times).label("clicks"),
            func.count(distinct(Event.delivery_id)).label("people"),
        )
        .where(Event.source_id == source_id, Event.type == EventType.CLICKED)
        .group_by(Event.link, Event.by_machine)
    )
    for row in await session.execute(query):
        link = found.get(row.link, LinkCount(address="a link that is kept no more"))
        counted: dict[str, Any] = {"machine_clicks": int(row.clicks)}
        if not row.by_machine:
            counted = {"clicks": int(row.clicks), "people": row.people}
        found[row.link] = link.model_copy(update=counted)
    return sorted(found.values(), key=lambda link: (-link.people, -link.clicks, link.address))


def _shares(source_id: str, key: Any) -> Select[Any]:
    """Mails and responses by whatever `key` says of a mail."""
    opened = first_times(source_id, *OPENING).subquery()
    clicked = first_times(source_id, EventType.CLICKED).subquery()
    return (
        select(
            key.label("key"),
            func.count().filter(DeliveryRecord.state.in_(SENT)).label("sent"),
            func.count().filter(DeliveryRecord.state == DeliveryState.BOUNCED).label("bounced"),
            func.count(opened.c.delivery_id).label("opened"),
            func.count(clicked.c.delivery_id).label("clicked"),
        )
        .select_from(DeliveryRecord)
        .outerjoin(opened, opened.c.delivery_id == DeliveryRecord.id)
        .outerjoin(clicked, clicked.c.delivery_id == DeliveryRecord.id)
        .where(DeliveryRecord.source_id == source_id)
        .group_by(key)
    )


def _counts(row: Any) -> dict[str, int]:
    return {name: getattr(row, name) for name in ("sent", "bounced", "opened", "clicked")}


async def find_providers(session: AsyncSession, source_id: str) -> list[ProviderCount]:
    """By the domain of the address; beyond the largest ones all together."""
    find = func.strpos if session.get_bind().dialect.name == "postgresql" else func.instr
    domain = func.substr(DeliveryRecord.address, find(DeliveryRecord.address, "@") + 1)
    rows = (await session.execute(_shares(source_id, domain))).all()
    tried = [row for row in rows if row.sent or row.bounced]
    ordered = sorted(tried, key=lambda row: (-row.sent, -row.bounced, row.key))
    shown = [ProviderCount(domain=row.key, **_counts(row)) for row in ordered[:MAX_PROVIDERS]]
    rest = [_counts(row) for row in ordered[MAX_PROVIDERS:]]
    if rest:
        shown.append(ProviderCount(domain="", **{name: sum(r[name] for r in rest) for name in rest[0]}))
    return shown


async def find_revisions(session: AsyncSession, campaign_id: str) -> list[RevisionCount]:
    """None where everybody got the same."""
    frozen = select(CampaignRevision.revision, CampaignRevision.created_at).where(
        CampaignRevision.campaign_id == campaign_id
    )
    moments = {row.revision: row.created_at for row in await session.execute(frozen)}
    if len(moments) < 2:
        return []
    query = _shares(campaign_id, DeliveryRecord.revision).order_by(DeliveryRecord.revision)
    return [
        RevisionCount(revision=row.key, frozen_at=moments[row.key], **_counts(row))
        for row in await session.execute(query)
        if row.key in moments and (row.sent or row.bounced)
    ]
