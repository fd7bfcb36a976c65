"""CLAIM: taking due mails for this worker. It may be repeated freely, because nothing was sent yet.

Whether a contact may still be mailed is looked at here, in the same transaction, and again at the door; what
segments say about people in a sequence, after it (still_wanted.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, ColumnElement, RowMapping, Table, Text, exists, select, update
from sqlalchemy.engine import Connection

from backend.db.batches import Batch
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact, ContactAttrs, Suppression
from backend.db.models.org import Org
from backend.db.models.sequence import Sequence as SequenceDocument
from backend.db.planner import unindexed
from backend.delivery.fencing import alive, deliveries, hold_session, is_waiting
from backend.delivery.frequency import decide_alone, free_again, frequency_cap
from backend.delivery.sources import Claimed, Source, SourceKind
from backend.send_windows import opening
from backend.sequence_rules import Rules, published_rules
from backend.suppressing import address_hash
from contract.contact_values import contact_values
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState
from contract.transitions import CampaignStatus, SequenceStatus

contacts = cast(Table, Contact.__table__)
attributes = cast(Table, ContactAttrs.__table__)
suppressions = cast(Table, Suppression.__table__)
campaigns = cast(Table, Campaign.__table__)
sequences = cast(Table, SequenceDocument.__table__)
orgs = cast(Table, Org.__table__)


class Claims(NamedTuple):
    """`taken`: how many mails were taken at all; those that are not in `mails` were skipped, or wait.

    `rules`: of a sequence, as people run it.
    """

    mails: list[Claimed]
    taken: int
    rules: Rules | None = None


def sending(source: Source) -> ColumnElement[bool]:
    """Holds while mails of this source may go out."""
    return sending_of(source.kind, source.org_id, source.id)


def sending_of(kind: SourceKind, org_id: Any, source_id: Any) -> ColumnElement[bool]:
    """The same, with parameters for a statement that is built once."""
    if kind is SourceKind.CAMPAIGN:
        return exists(campaigns.c.id).where(
            campaigns.c.org_id == org_id,
            campaigns.c.id == source_id,
            campaigns.c.status == CampaignStatus.SENDING,
            campaigns.c.started_at.is_not(None),
        )
    return exists(sequences.c.id).where(
        sequences.c.org_id == org_id,
        sequences.c.id == source_id,
        sequences.c.status == SequenceStatus.ACTIVE,
    )


def due_of(source: Source, now: datetime) -> ColumnElement[bool]:
    """Mails of this source that wait and whose time has come."""
    return (
        (deliveries.c.org_id == source.org_id)
        & (deliveries.c.source_id == source.id)
        & is_waiting
        & (deliveries.c.due_at <= now)
    )


def suppressed_addresses(connection: Connection, org_id: int, addresses: Iterable[str]) -> dict[str, str]:
    """Those of these addresses that must not be written to, with the reason."""
    by_hash = {address_hash(address): address for address in addresses}
    wanted = Batch(connection.dialect.name, "wanted", hash=Text)
    query = select(suppressions.c.address_hash, suppressions.c.reason).where(
        suppressions.c.org_id == org_id,
        wanted.holds(suppressions.c.address_hash),
        suppressions.c.undone_at.is_(None),
    )
    found = connection.execute(query, wanted.given((hashed,) for hashed in by_hash))
    return {by_hash[row.address_hash]: row.reason for row in found}


def _contact_rows(connection: Connection, org_id: int, ids: Sequence[int]) -> dict[int, RowMapping]:
    wanted = Batch(connection.dialect.name, "wanted", id=BigInteger)
    query = (
        select(
            contacts.c.id, contacts.c.email, contacts.c.name, contacts.c.status, contacts.c.created_at,
            contacts.c.time_zone, attributes.c.attrs,
        )
        .outerjoin(
            attributes,
            (attributes.c.org_id == contacts.c.org_id) & (attributes.c.contact_id == contacts.c.id),
        )
        .where(contacts.c.org_id == org_id, wanted.holds(contacts.c.id))
    )  # fmt: skip
    found = connection.execute(query, wanted.given((id,) for id in ids))
    return {row["id"]: row for row in found.mappings()}


def _claim(
    connection: Connection, source: Source, session_id: str, now: datetime, limit: int
) -> list[RowMapping]:
    chosen = (
        select(deliveries.c.id)
        .where(due_of(source, now), sending(source), alive(session_id, now))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(of=deliveries, skip_locked=True)  # SQLite has one writer and needs none
        .cte("chosen")  # chosen once: a plain subquery may be run for each row, past its limit
    )
    claim = (
        update(deliveries)
        .where(deliveries.c.org_id == source.org_id, deliveries.c.id.in_(select(chosen.c.id)))
        .values(
            state=DeliveryState.CLAIMED,
            session_id=session_id,
            attempts=deliveries.c.attempts + 1,
            updated_at=now,
        )
        .returning(
            deliveries.c.id,
            deliveries.c.contact_id,
            deliveries.c.address,
            deliveries.c.attempts,
            deliveries.c.revision,
            deliveries.c.step_id,
            deliveries.c.run_no,
        )
    )
    return sorted(connection.execute(claim).mappings(), key=lambda row: int(row["id"]))


def _held(source: Source, delivery_id: int, session_id: str) -> ColumnElement[bool]:
    """A claim that is still this session's. It is found by its key."""
    mine = (deliveries.c.state == DeliveryState.CLAIMED) & (deliveries.c.session_id == session_id)
    return (deliveries.c.org_id == source.org_id) & (deliveries.c.id == delivery_id) & unindexed(mine)


def skip(
    connection: Connection, source: Source, session_id: str, reasons: Mapping[int, str], now: datetime
) -> None:
    """Claimed mails that nobody gets, by their ids."""
    for delivery_id, reason in reasons.items():
        connection.execute(
            update(deliveries)
            .where(_held(source, delivery_id, session_id))
            .values(state=DeliveryState.SKIPPED, reason=reason, session_id=None, due_at=None, updated_at=now)
        )


def postpone(
    connection: Connection, source: Source, session_id: str, until: Mapping[int, datetime], now: datetime
) -> None:
    """Claimed mails that wait, by their ids. It was no attempt: nothing was tried."""
    for delivery_id, moment in until.items():
        connection.execute(
            update(deliveries)
            .where(_held(source, delivery_id, session_id))
            .values(
                state=DeliveryState.PENDING,
                attempts=deliveries.c.attempts - 1,
                session_id=None,
                due_at=moment,
                updated_at=now,
            )
        )


def _reason_to_skip(person: RowMapping | None, suppressed: str | None) -> str:
    if person is None:
        return "contact was deleted"
    if person["status"] != ContactStatus.SUBSCRIBED:
        return str(person["status"])
    return f"suppressed: {suppressed}" if suppressed else ""


def _rules(connection: Connection, source: Source) -> tuple[Rules | None, str]:
    """Those of a sequence: what waited for a limit or a second attempt is asked again when it may go.

    And the organisation's time zone, for contacts whose own is not known.
    """
    if source.kind is not SourceKind.SEQUENCE:
        return None, ""
    row = connection.execute(
        select(sequences.c.published_rules, sequences.c.segment_id, orgs.c.time_zone)
        .join(orgs, orgs.c.id == sequences.c.org_id)
        .where(sequences.c.org_id == source.org_id, sequences.c.id == source.id)
    ).first()
    if row is None:
        return None, ""
    return published_rules(row.published_rules, row.segment_id), row.time_zone


def _values(person: RowMapping) -> dict[str, str]:
    return contact_values(
        person["email"], person["name"], person["status"], person["created_at"], person["attrs"] or {}
    )


def claim_due(connection: Connection, source: Source, session_id: str, now: datetime, limit: int) -> Claims:
    """At most `limit` due mails, now this session's.

    Skipped is whoever unsubscribed, was suppressed or is gone since the audience was frozen, or had enough
    mails lately. A sequence's mail waits for the latter, and for its send window.
    """
    hold_session(connection, session_id)
    taken = _claim(connection, source, session_id, now, limit)
    if not taken:
        return Claims([], 0)
    people = _contact_rows(connection, source.org_id, [row["contact_id"] for row in taken])
    suppressed = suppressed_addresses(connection, source.org_id, [row["address"] for row in taken])
    cap = frequency_cap(connection, source.org_id)
    if cap is not None:
        decide_alone(connection, cap)
    own = [row["id"] for row in taken]
    capped = free_again(connection, cap, list(people), now, own) if cap else {}
    rules, ours = _rules(connection, source)
    window = rules.window if rules is not None else None
    claimed: list[Claimed] = []
    reasons: dict[int, str] = {}
    waits: dict[int, datetime] = {}
    mailed: set[int] = set()
    for row in taken:
        person = people.get(row["contact_id"])
        reason = _reason_to_skip(person, suppressed.get(row["address"]))
        if person is None or reason:
            reasons[row["id"]] = reason
        elif cap is not None and person["id"] in capped and source.kind is not SourceKind.SEQUENCE:
            reasons[row["id"]] = cap.reason
        elif (until := opening(window, person["time_zone"] or ours, capped.get(person["id"], now))) > now:
            waits[row["id"]] = until
        elif cap is not None and person["id"] in mailed:
            waits[row["id"]] = now  # it is asked again, when the one before it counts
        else:
            mailed.add(person["id"])
            claimed.append(Claimed(source=source, values=_values(person), **row))
    skip(connection, source, session_id, reasons, now)
    postpone(connection, source, session_id, waits, now)
    return Claims(claimed, len(taken), rules)
