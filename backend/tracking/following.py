"""Where a tracked link leads, and noting that it was followed or that a mail was opened.

The target comes from the content that was frozen for this mail, never from the address that was asked for.
Whoever forges a token, or asks for a link that the mail does not have, gets a page and writes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import EventType
from backend.mail_links import Purpose
from backend.parts import Parts
from backend.tracking.evidence import note_arrival
from backend.tracking.machines import Fetch, why_machine_clicked, why_machine_opened
from backend.tracking.mails import find_mail, values_of
from backend.tracking.visits import Visit, find_visit
from backend.uses import Span, Use
from contract.delivery import DeliveryState
from render_preview.targets import target
from render_preview.tracking import read_link_code

UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.HANDED)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor's program sent along."""

    method: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Followed:
    """`target` is None where there is nowhere to go: the mail is gone, or its link has no address."""

    target: str | None
    gone: bool = False
    test: bool = False


def _fetch(mail: DeliveryRecord, asked: Asked, now: datetime) -> Fetch:
    after = None if mail.state in UNDER_WAY else now - mail.updated_at
    return Fetch(asked.method, asked.headers, after)


def _note(parts: Parts, visit: Visit, use: Use, fetch: Fetch) -> None:
    """Nothing while the organisation does not want to know."""
    if use.type not in visit.tracked:
        return
    why = why_machine_clicked if use.type is EventType.CLICKED else why_machine_opened
    by_machine = why(fetch) is not None
    now = parts.clock.now()
    parts.uses.add(visit.claim.org_id, use._replace(by_machine=by_machine), Span(now, now))


async def _settle(parts: Parts, visit: Visit, mail: DeliveryRecord) -> None:
    if mail.state == DeliveryState.UNKNOWN:
        await note_arrival(parts.database, visit.claim, parts.clock.now())


async def follow(parts: Parts, token: str, asked: Asked) -> Followed | None:
    """None for a link that no mail of ours has."""
    signed, _, code = token.rpartition("-")
    link = read_link_code(code)
    visit = await find_visit(parts.database, Purpose.CLICK, signed) if link is not None else None
    if visit is None or link is None:
        return None
    if visit.is_test:
        return Followed(None, test=True)
    async with parts.database.reader(visit.claim.org_id) as session:
        mail = await find_mail(session, visit.claim)
        if mail is None:
            return Followed(None, gone=True)
        links = await parts.links.of(session, mail.source_id, mail.revision, mail.step_id)
        values = await values_of(session, mail)
    await _settle(parts, visit, mail)
    if link not in links:
        return None if links else Followed(None, gone=True)
    found = target(links[link], values)
    if found is not None:
        use = Use(mail.contact_id, EventType.CLICKED, mail.id, mail.source_id, link)
        _note(parts, visit, use, _fetch(mail, asked, parts.clock.now()))
    return Followed(found)


async def opened(parts: Parts, token: str, asked: Asked) -> None:
    """The picture of a mail was loaded. Nobody is told whether the token is genuine."""
    visit = await find_visit(parts.database, Purpose.OPEN, token)
    if visit is None or visit.is_test:
        return
    async with parts.database.reader(visit.claim.org_id) as session:
        mail = await find_mail(session, visit.claim)
    if mail is not None:
        await _settle(parts, visit, mail)
        use = Use(mail.contact_id, EventType.OPENED, mail.id, mail.source_id)
        _note(parts, visit, use, _fetch(mail, asked, parts.clock.now()))
