"""Writing contacts, one at a time. Many at once is in csv_import.py."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.contact_pages import present_contacts
from backend.contacts import queries
from backend.contacts.addresses import normal_address
from backend.db.feed import take_row_ids
from backend.db.fields import custom_fields
from backend.db.models.contact import Contact, ContactAttrs, CustomField
from backend.db.timestamps import next_version
from backend.field_values import typed_values
from backend.local_times import require_zone
from backend.suppressing import let_email_go, suppress_emails
from backend.work import Work
from contract.contacts import Contact as ContactWire
from contract.contacts import ContactCreate, ContactPatch, ContactStatus, FieldValue
from contract.problems import EmailTakenError, ForbiddenError, InvalidError, StaleWriteError
from contract.wire import format_timestamp


async def _slots(session: AsyncSession) -> dict[str, CustomField]:
    return {field.key: field for field in await custom_fields(session)}


def _address(text: str) -> str:
    address = normal_address(text)
    if address is None:
        raise InvalidError.at("email", "this is not an e-mail address")
    return address


async def _require_free(session: AsyncSession, address: str) -> None:
    if await session.scalar(select(Contact.id).where(Contact.email == address)) is not None:
        raise EmailTakenError


def _name(contact: Contact, name: str | None) -> None:
    contact.name = name or None
    contact.name_folded = contact.name.casefold() if contact.name else None


async def _write_fields(work: Work, row: Contact, attrs: ContactAttrs, values: dict[str, FieldValue]) -> None:
    shown, slots = typed_values(await _slots(work.session), values)
    for slot, value in slots.items():
        setattr(row, slot, value)
    merged = attrs.attrs | shown
    attrs.attrs = {key: value for key, value in merged.items() if value is not None}


async def _finish(work: Work, row: Contact, action: str) -> ContactWire:
    row.rev = (await take_row_ids(work.session))[0]
    await work.session.flush()
    work.contacts_changed(f"contact {action}", f"contact/{row.id}")
    return (await present_contacts(work.session, [row]))[0]


async def create(work: Work, data: ContactCreate) -> ContactWire:
    """Raises `EmailTakenError`, `InvalidError`."""
    address = _address(data.email)
    require_zone(data.time_zone)
    await _require_free(work.session, address)
    row = Contact(
        id=(await take_row_ids(work.session))[0],
        email=address,
        status=ContactStatus.SUBSCRIBED.value,
        time_zone=data.time_zone or None,
        created_at=work.now,
        updated_at=work.now,
    )
    _name(row, data.name)
    attrs = ContactAttrs(contact_id=row.id, attrs={})
    await _write_fields(work, row, attrs, data.fields)
    work.session.add(row)
    await work.session.flush()
    work.session.add(attrs)
    return await _finish(work, row, "created")


async def edit(work: Work, contact_id: str, data: ContactPatch) -> ContactWire:
    """Raises `StaleWriteError`, `EmailTakenError`, `InvalidError`."""
    row = await queries.find_contact(work.session, contact_id)
    await _check_version(work.session, row, data.updated_at)
    given = data.given()
    if data.email is not None and (address := _address(data.email)) != row.email:
        await _require_free(work.session, address)
        row.email = address
    if "name" in given:
        _name(row, data.name)
    if "time_zone" in given:
        require_zone(data.time_zone)
        row.time_zone = data.time_zone or None
    if data.status is not None:
        await _change_status(work, row, data.status)
    if data.fields:
        attrs = await queries.attrs_of(work.session, row.id)
        await _write_fields(work, row, attrs, data.fields)
    row.updated_at = next_version(work.now, row.updated_at)
    return await _finish(work, row, "edited")


async def _check_version(session: AsyncSession, row: Contact, expected: str | None) -> None:
    if expected is not None and expected != format_timestamp(row.updated_at):
        current = (await present_contacts(session, [row]))[0]
        raise StaleWriteError(current=current.model_dump(mode="json", by_alias=True))


async def _change_status(work: Work, row: Contact, status: ContactStatus) -> None:
    """Who left or bounced is subscribed again only by someone who answers for it."""
    back = status is ContactStatus.SUBSCRIBED and row.status != ContactStatus.SUBSCRIBED
    if back and not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may subscribe a contact again.")
    if back:
        await let_email_go(work.session, row.email, row.status, work.now)
    elif status is not ContactStatus.SUBSCRIBED:
        await suppress_emails(work.session, [row.email], status.value, work.now)
    row.status = status.value


async def delete(work: Work, contact_id: str) -> None:
    """Also takes it out of every segment. Who left stays left, even if the address is imported again."""
    row = await queries.find_contact(work.session, contact_id)
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may delete.")
    if row.status != ContactStatus.SUBSCRIBED:
        await suppress_emails(work.session, [row.email], row.status, work.now)
    await work.session.delete(row)
    await work.session.flush()
    work.contacts_changed("contact deleted", f"contact/{row.id}")
