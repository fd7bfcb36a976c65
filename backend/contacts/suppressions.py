"""Suppressing an address and taking that back. Anyone may protect a person; not anyone may undo it."""

from sqlalchemy import Select, select

from backend.contacts.addresses import normal_address
from backend.contacts.suppression_list import STANDS, present
from backend.db.feed import take_row_ids
from backend.db.models.contact import Contact, Suppression
from backend.db.timestamps import next_version
from backend.suppressing import address_hash, bearers_of
from backend.work import Work
from contract.contacts import ContactStatus
from contract.problems import ConflictError, ForbiddenError, InvalidError, MissingError
from contract.suppressions import BY_HAND, COMPLAINT
from contract.suppressions import Suppression as SuppressionWire


def _hashed(email: str) -> str:
    address = normal_address(email)
    if address is None:
        raise InvalidError.at("email", "this is not an e-mail address")
    return address_hash(address)


def standing(email: str | None) -> Select[Suppression]:
    """Suppressions that hold; of one address, if one is given."""
    query = select(Suppression).where(STANDS)
    return query.where(Suppression.address_hash == _hashed(email)) if email is not None else query


def _audited(row: Suppression) -> str:
    return f"suppression/{row.address_hash[:12]}"


async def suppress(work: Work, email: str) -> SuppressionWire:
    """Repeating is harmless, and never makes a complaint anything less."""
    hashed = _hashed(email)
    row = await work.session.scalar(select(Suppression).where(Suppression.address_hash == hashed))
    if row is not None and row.undone_at is None:
        return await _one(work, row)
    if row is None:
        row = Suppression(address_hash=hashed, reason=BY_HAND, since=work.now)
        work.session.add(row)
    else:
        row.reason, row.since, row.undone_at, row.source_id = BY_HAND, work.now, None, None
    row.contact_id = (await bearers_of(work.session, [email])).get(hashed)
    await work.session.flush()
    work.contacts_changed("address suppressed", _audited(row))
    return await _one(work, row)


async def _one(work: Work, row: Suppression) -> SuppressionWire:
    return (await present(work.session, [row]))[0]


async def undo(work: Work, hashed: str) -> None:
    """Its contact may be mailed again, too. Raises `MissingError`, and `ConflictError` for a complaint."""
    row = await work.session.scalar(standing(None).where(Suppression.address_hash == hashed))
    if row is None:
        raise MissingError
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may let an address be written to again.")
    if row.reason == COMPLAINT:
        raise ConflictError("This person complained about our mail: that is never undone.")
    row.undone_at = work.now
    await _let_bearer_go(work, row)
    await work.session.flush()
    work.contacts_changed("suppression undone", _audited(row))


async def _let_bearer_go(work: Work, row: Suppression) -> None:
    """Where the contact left or bounced when the address was suppressed, that ends with it."""
    if row.contact_id is None:
        return
    contact = await work.session.scalar(select(Contact).where(Contact.id == row.contact_id))
    if contact is None or contact.status != row.reason or address_hash(contact.email) != row.address_hash:
        return
    contact.status = ContactStatus.SUBSCRIBED.value
    contact.updated_at = next_version(work.now, contact.updated_at)
    contact.rev = (await take_row_ids(work.session))[0]
