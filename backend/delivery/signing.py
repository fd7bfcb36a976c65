"""What is signed with an organisation's sending secret: Message-IDs and unsubscribe links.

A Message-ID is equal for all attempts of one mail, so that a receiver may notice a repetition, and
it reveals nothing.
"""

import base64
import hashlib
import hmac
import secrets
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.db.models.delivery import SendingSecret
from backend.delivery.sources import Claimed
from backend.delivery.upserts import insert_into

ID_BYTES = 15

kept = cast(Table, SendingSecret.__table__)


async def sending_secret(connection: AsyncConnection, org_id: int) -> bytes:
    """The organisation's secret, made when it is first needed. Needs a write transaction then."""
    query = select(kept.c.secret).where(kept.c.org_id == org_id)
    found = await connection.scalar(query)
    if found is None:
        fresh = {"org_id": org_id, "secret": secrets.token_hex(32)}
        await connection.execute(insert_into(connection, kept).values(fresh).on_conflict_do_nothing())
        found = await connection.scalar(query)
    return bytes.fromhex(str(found))


def message_id(secret: bytes, row: Claimed, domain: str) -> str:
    """Without angle brackets."""
    what = f"{row.source.id}:{row.step_id}:{row.run_no}:{row.contact_id}"
    digest = hmac.digest(secret, b"message-id:" + what.encode(), hashlib.sha256)[:ID_BYTES]
    return f"{base64.b32encode(digest).decode().lower()}@{domain}"
