"""The preflight: each recipient's copy is rendered before anything is sent, and whoever's breaks is named.

It goes by pages and keeps nothing between them, so that any audience fits into the memory of one page and
a client can show how far it is and stop. Who drops out anyway is passed over. Of two contacts with one
address on different pages both are looked at, though only the first would be mailed.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact, ContactAttrs
from backend.delivery.audience import Judge, suppressed_among
from backend.delivery.letter import Letter
from backend.delivery.sources import Claimed, Source, SourceKind
from backend.pagination import Order, PageRequest, fetch_page, filter_hash
from contract.contact_values import contact_values
from contract.preflight import BrokenCopy, PreflightPage
from render_preview.headers import HeaderError

_BY_ID = Order(Contact.id, Contact.id)


def preflight_request(campaign: Campaign, limit: int, cursor: str | None) -> PageRequest:
    """A cursor belongs to one content and segment: after a change one begins anew."""
    return PageRequest(limit, cursor, None, filter_hash("preflight", campaign.id, campaign.updated_at))


async def preflight_page(
    session: AsyncSession, condition: ColumnElement[bool], letter: Letter, page: PageRequest, now: datetime
) -> PreflightPage:
    """One page of the audience."""
    contacts, following = await fetch_page(session, select(Contact).where(condition), _BY_ID, page)
    judge = Judge(await suppressed_among(session, [contact.email for contact in contacts]))
    judged = [(contact, judge(contact.id, contact.email, contact.status)) for contact in contacts]
    mailed = [(contact, member.address) for contact, member in judged if not member.reason]
    attrs = await _attrs(session, [contact.id for contact, _ in mailed])
    copies = [_examine(letter, c, address, attrs.get(c.id, {}), now) for c, address in mailed]
    broken = [copy for copy in copies if copy is not None]
    return PreflightPage(checked=len(mailed), broken=broken, next_cursor=following)


async def _attrs(session: AsyncSession, ids: list[int]) -> dict[int, dict[str, object]]:
    query = select(ContactAttrs.contact_id, ContactAttrs.attrs).where(ContactAttrs.contact_id.in_(ids))
    return {row.contact_id: row.attrs for row in await session.execute(query)}


def _examine(
    letter: Letter, contact: Contact, address: str, attrs: dict[str, object], now: datetime
) -> BrokenCopy | None:
    values = contact_values(contact.email, contact.name, contact.status, contact.created_at, attrs)
    source = Source(contact.org_id, SourceKind.CAMPAIGN, "")
    trial = Claimed(source, 0, contact.id, address, 1, 0, "", 0, values)
    missing: tuple[str, ...] = ()
    faults, left_out = letter.faults(trial, now), False
    try:
        missing = letter.copy(trial, now).missing
    except HeaderError as error:
        faults, left_out = (f"cannot be mailed: {error}", *faults), True
    if not missing and not faults:
        return None
    return BrokenCopy(
        contact_id=str(contact.id),
        email=contact.email,
        name=contact.name,
        missing=list(missing),
        faults=list(faults),
        left_out=left_out,
    )
