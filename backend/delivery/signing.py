"""What is signed with an organisation's sending secret: Message-IDs and the links in mails."""

import secrets

from sqlalchemy import select

from backend.db.engine import Database
from backend.db.models.delivery import SendingSecret
from backend.db.upserts import insert_into
from backend.delivery.sources import Claimed
from backend.message_ids import message_name


async def sending_secret(database: Database, org_id: int) -> bytes:
    """The organisation's secret, made when it is first needed. Never call it inside a write transaction."""
    query = select(SendingSecret.secret)
    async with database.reader(org_id) as session:
        found = await session.scalar(query)
    if found is None:
        async with database.writer(org_id) as session:
            fresh = insert_into(database.dialect, SendingSecret)
            await session.execute(fresh.values(secret=secrets.token_hex(32)).on_conflict_do_nothing())
            found = await session.scalar(query)
    return bytes.fromhex(str(found))


def message_id(secret: bytes, row: Claimed, domain: str) -> str:
    """Without angle brackets."""
    name = message_name(secret, row.source.id, row.step_id, row.run_no, row.contact_id)
    return f"{name}@{domain}"
