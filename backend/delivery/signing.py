"""What is signed with an organisation's sending secret: Message-IDs and unsubscribe links.

A Message-ID is equal for all attempts of one mail, so that a receiver may notice a repetition, and
it reveals nothing.
"""

import base64
import hashlib
import hmac
import secrets

from sqlalchemy import select

from backend.db.engine import Database
from backend.db.models.delivery import SendingSecret
from backend.db.upserts import insert_into
from backend.delivery.sources import Claimed

ID_BYTES = 15


async def sending_secret(database: Database, org_id: int) -> bytes:
    """The organisation's secret, made when it is first needed. Never call it inside a write transaction."""
    query = select(SendingSecret.secret)
    async with database.reader(org_id) as session:
        found = await session.scalar(query)
    if found is None:
        async with database.writer(org_id) as session:
            fresh = insert_into(database.engine.dialect.name, SendingSecret)
            await session.execute(fresh.values(secret=secrets.token_hex(32)).on_conflict_do_nothing())
            found = await session.scalar(query)
    return bytes.fromhex(str(found))


def message_id(secret: bytes, row: Claimed, domain: str) -> str:
    """Without angle brackets."""
    what = f"{row.source.id}:{row.step_id}:{row.run_no}:{row.contact_id}"
    digest = hmac.digest(secret, b"message-id:" + what.encode(), hashlib.sha256)[:ID_BYTES]
    return f"{base64.b32encode(digest).decode().lower()}@{domain}"
