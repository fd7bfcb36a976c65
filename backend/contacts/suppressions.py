"""Suppressing an address and taking that back. Anyone may protect a person; not anyone may undo it."""

from sqlalchemy import Select, select

from backend.contacts.addresses import normal_address
from backend.db.models.contact import Suppression
from backend.pagination import Order
from backend.suppressing import address_hash
from backend.work import Work
from contract.problems import ConflictError, ForbiddenError, InvalidError, MissingError
from contract.suppressions import BY_HAND, COMPLAINT
from contract.suppressions import Suppression as SuppressionWire

NEWEST_FIRST = Order(Suppression.since, Suppression.address_hash, descending=True)


def to_wire(row: Suppression) -> SuppressionWire:
    """A row as answered."""
    return SuppressionWire(hash=row.address_hash, reason=row.reason, since=row.since)


def _hashed(email: str) -> str:
    address = normal_address(email)
    if address is None:
        raise InvalidError.at("email", "this is not an e-mail address")
    return address_hash(address)


def standing(email: str | None) -> Select[Suppression]:
    """Suppressions that hold; of one address, if one is given."""
    query = select(Suppression).where(Suppression.undone_at.is_(None))
    return query.where(Suppression.address_hash == _hashed(email)) if email is not None else query


def _audited(row: Suppression) -> str:
    return f"suppression/{row.address_hash[:12]}"


async def suppress(work: Work, email: str) -> SuppressionWire:
    """Repeating is harmless, and never makes a complaint anything less."""
    hashed = _hashed(email)
    row = await work.session.scalar(select(Suppression).where(Suppression.address_hash == hashed))
    if row is not None and row.undone_at is None:
        return to_wire(row)
    if row is None:
        row = Suppression(address_hash=hashed, reason=BY_HAND, since=work.now)
        work.session.add(row)
    else:
        row.reason, row.since, row.undone_at = BY_HAND, work.now, None
    await work.session.flush()
    work.contacts_changed("address suppressed", _audited(row))
    return to_wire(row)


async def undo(work: Work, hashed: str) -> None:
    """Raises `MissingError`, and `ConflictError` for a complaint."""
    row = await work.session.scalar(standing(None).where(Suppression.address_hash == hashed))
    if row is None:
        raise MissingError
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may let an address be written to again.")
    if row.reason == COMPLAINT:
        raise ConflictError("This person complained about our mail: that is never undone.")
    row.undone_at = work.now
    await work.session.flush()
    work.contacts_changed("suppression undone", _audited(row))
