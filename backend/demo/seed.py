"""Making the demo: everything in one transaction, so that it is there as a whole or not at all.

A start that is killed half-way leaves an empty database, and the next start begins again.
"""

from random import Random

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import append_changes
from backend.db.models.org import Org
from backend.db.session import OrgSession
from backend.demo.audiences import add_segments
from backend.demo.customers import add_customers, add_fields
from backend.demo.drips import add_sequences
from backend.demo.mailings import add_campaigns
from backend.demo.paper import SHOP
from backend.demo.stage import Stage
from backend.orgs.service import create_org
from contract.clock import Clock

log = structlog.get_logger(__name__)

SEED = "kettle and crumb"
OWNER_EMAIL = "owner@kettle-and-crumb.example"
CONTACTS = 10_000


async def ensure_demo(
    database: Database, password_hash: str, clock: Clock, *, contacts: int = CONTACTS
) -> bool:
    """Make the demo's organisation if there is no organisation at all; whether it did."""
    started = clock.monotonic()
    async with database.system_writer() as session:
        if await session.scalar(select(Org.id).limit(1)) is not None:
            return False
        now = clock.now()
        org_id, _ = await create_org(session, SHOP, OWNER_EMAIL, password_hash, now)
        async with AsyncSession(
            await session.connection(),
            sync_session_class=OrgSession,
            info={"org_id": org_id},
            expire_on_commit=False,
        ) as inside:
            await _fill(Stage(inside, now, Random(SEED)), contacts)  # noqa: S311 - make-believe, no secrets
    log.info("demo_made", contacts=contacts, seconds=round(clock.monotonic() - started, 2))
    return True


async def _fill(stage: Stage, contacts: int) -> None:
    fields = await add_fields(stage)
    await stage.session.flush()
    customers = await add_customers(stage, fields, contacts)
    audiences = await add_segments(stage, customers)
    await add_campaigns(stage, audiences, customers)
    await add_sequences(stage, audiences, customers)
    await append_changes(stage.session, stage.changes(), stage.now)
    await stage.session.flush()  # the transaction is the outer session's, which knows nothing of these rows
