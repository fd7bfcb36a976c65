"""What a preferences link may do: show and change what its contact says of itself, and nothing else.

The name, and those custom fields of which the organisation said so. Of the address only a hint is shown,
because mails are forwarded, links and all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import FeedChange, append_changes, take_row_ids
from backend.db.models.contact import Contact, ContactAttrs, CustomField, Suppression
from backend.db.timestamps import next_version
from backend.field_values import typed_value
from backend.suppressing import address_hash, let_email_go
from backend.tracking.traces import leave_trace
from backend.tracking.visits import Visit, masked
from contract.contacts import ContactStatus, FieldType
from contract.feed import Kind

MAX_NAME = 200
FIELD = "field-"
"""Before the key of a custom field, in the names of the form."""
THROUGH = "preferences link"


@dataclass(frozen=True, slots=True)
class Choice:
    """A custom field as it is asked. `options` only for the type choice."""

    key: str
    label: str
    type: FieldType
    value: Any
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the page shows. `may_return`: who left by own wish may come back the same way."""

    shown: str
    name: str
    choices: tuple[Choice, ...]
    subscribed: bool
    may_return: bool


async def _contact(session: AsyncSession, visit: Visit) -> Contact | None:
    return await session.scalar(select(Contact).where(Contact.id == visit.claim.contact_id))


async def _asked(session: AsyncSession) -> list[CustomField]:
    query = select(CustomField).where(CustomField.on_preferences).order_by(CustomField.label)
    return list(await session.scalars(query))


async def _attrs(session: AsyncSession, contact_id: int) -> ContactAttrs | None:
    return await session.scalar(select(ContactAttrs).where(ContactAttrs.contact_id == contact_id))


async def _standing_reason(session: AsyncSession, email: str) -> str | None:
    return await session.scalar(
        select(Suppression.reason).where(
            Suppression.address_hash == address_hash(email), Suppression.undone_at.is_(None)
        )
    )


def _choice(field: CustomField, attrs: Mapping[str, Any]) -> Choice:
    options = tuple(field.choices["choices"])
    return Choice(field.key, field.label, FieldType(field.type), attrs.get(field.key), options)


async def find_preferences(database: Database, visit: Visit) -> Preferences | None:
    """None if the contact is gone."""
    async with database.reader(visit.claim.org_id) as session:
        contact = await _contact(session, visit)
        if contact is None:
            return None
        kept = await _attrs(session, contact.id)
        attrs = kept.attrs if kept is not None else {}
        subscribed = contact.status == ContactStatus.SUBSCRIBED
        reason = await _standing_reason(session, contact.email)
        own_wish = contact.status == ContactStatus.UNSUBSCRIBED
        return Preferences(
            shown=masked(contact.email),
            name=contact.name or "",
            choices=tuple(_choice(field, attrs) for field in await _asked(session)),
            subscribed=subscribed and reason is None,
            may_return=own_wish and reason in (None, ContactStatus.UNSUBSCRIBED),
        )


async def save(database: Database, visit: Visit, form: Mapping[str, str], now: datetime) -> None:
    """What the form has; what cannot be a value of its field is left as it was."""
    async with database.writer(visit.claim.org_id) as session:
        contact = await _contact(session, visit)
        if contact is None:
            return
        if "name" in form:
            name = _line(form["name"])[:MAX_NAME]
            contact.name = name or None
            contact.name_folded = name.casefold() or None
        await _save_fields(session, contact, form)
        await _changed(session, contact, "preferences changed", now)


def _line(given: str) -> str:
    """One line of what can be seen."""
    return "".join(char for char in " ".join(given.split()) if char.isprintable())


async def _save_fields(session: AsyncSession, contact: Contact, form: Mapping[str, str]) -> None:
    fields = await _asked(session)
    kept = await _attrs(session, contact.id)
    if not fields:
        return
    if kept is None:
        kept = ContactAttrs(contact_id=contact.id, attrs={})
        session.add(kept)
    attrs = dict(kept.attrs)
    for field in fields:
        value, slot = _given(field, form.get(f"{FIELD}{field.key}"), attrs)
        attrs[field.key] = value
        setattr(contact, field.slot, slot)
    kept.attrs = {key: value for key, value in attrs.items() if value is not None}


def _given(field: CustomField, given: str | None, attrs: Mapping[str, Any]) -> tuple[Any, Any]:
    """(what is shown, what is compared). A box that is not ticked is not sent."""
    value: Any = _line(given) if given is not None else None
    if field.type == FieldType.BOOL:
        value = given is not None
    try:
        return typed_value(field, value)
    except ValueError:
        return typed_value(field, attrs.get(field.key))


async def come_back(database: Database, visit: Visit, now: datetime) -> None:
    """Only for who left by own wish; a bounce or a complaint stands."""
    async with database.writer(visit.claim.org_id) as session:
        contact = await _contact(session, visit)
        if contact is None or contact.status != ContactStatus.UNSUBSCRIBED:
            return
        await let_email_go(session, contact.email, ContactStatus.UNSUBSCRIBED.value, now)
        if await _standing_reason(session, contact.email) is not None:
            return
        contact.status = ContactStatus.SUBSCRIBED.value
        await _changed(session, contact, "contact subscribed again", now)


async def _changed(session: AsyncSession, contact: Contact, action: str, now: datetime) -> None:
    contact.updated_at = next_version(now, contact.updated_at)
    contact.rev = (await take_row_ids(session))[0]
    leave_trace(session, action, contact.id, THROUGH, now)
    await append_changes(session, [FeedChange(Kind.CONTACTS, "")], now)
