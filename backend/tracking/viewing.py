"""A mail in the browser: the content that was frozen for it, filled in as it was for its recipient."""

from datetime import datetime
from typing import Any

from pydantic import ValidationError

from backend.db.engine import Database
from backend.frozen_content import frozen_content
from backend.mail_links import MailClaim, Purpose, page_address
from backend.tracking.mails import find_mail, values_of
from backend.tracking.visits import Visit, find_secret
from contract.blocks import NewerDocumentError, load_document
from render_preview.parts import render_parts

LINKS = {"preferences_url": Purpose.PREFERENCES, "view_url": Purpose.VIEW}


async def find_mail_page(database: Database, visit: Visit, public_url: str, now: datetime) -> str | None:
    """The HTML of the mail; None if it or its content is gone."""
    claim = visit.claim
    async with database.reader(claim.org_id) as session:
        mail = await find_mail(session, claim)
        if mail is None:
            return None
        raw = await frozen_content(session, mail.source_id, mail.revision, mail.step_id)
        values = await values_of(session, mail)
    secret = await find_secret(database, claim.org_id)
    if raw is None or secret is None:
        return None
    return _rendered(raw, values, _links(public_url, secret, claim), now)


def _links(public_url: str, secret: bytes, claim: MailClaim) -> dict[str, str]:
    purposes = LINKS | {"unsubscribe_url": Purpose.UNSUBSCRIBE}
    return {name: page_address(public_url, secret, purpose, claim) for name, purpose in purposes.items()}


def _rendered(
    raw: dict[str, Any], values: dict[str, str], links: dict[str, str], now: datetime
) -> str | None:
    try:
        document = load_document(raw)
    except (NewerDocumentError, ValidationError):
        return None
    leave = links["unsubscribe_url"]
    return render_parts(document, values, now=now, unsubscribe_url=leave, own_links=links).html
