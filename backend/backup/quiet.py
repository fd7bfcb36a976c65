"""After a restore nothing goes out by itself.

The database does not know what was mailed after the backup was taken. Whatever was being sent, or should
have begun since, is paused until a person decides; the pause is in the feed and in the audit log like any
other.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import FeedChange, append_changes
from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.db.models.ledger import AuditEntry
from backend.db.models.org import Org
from backend.db.models.sequence import Sequence
from backend.db.timestamps import next_version
from backend.secret_key import SecretKeys
from contract.feed import Kind
from contract.ids import new_document_id
from contract.transitions import CampaignStatus, SequenceStatus
from contract.wire import format_timestamp

REASON = "restored from a backup"


@dataclass(slots=True)
class Quieted:
    """What was paused, and how many sending accounts have a password that our key does not open."""

    campaigns: int = 0
    sequences: int = 0
    locked_accounts: int = 0


def _paused(row: Campaign | Sequence, kind: Kind, now: datetime) -> FeedChange:
    row.status = "PAUSED"
    row.updated_at = next_version(now, row.updated_at)
    return FeedChange(kind, row.id, format_timestamp(row.updated_at))


async def _pause(session: AsyncSession, found: Quieted, now: datetime) -> None:
    overdue = (Campaign.status == CampaignStatus.SCHEDULED.value) & (
        func.coalesce(Campaign.starts_at, Campaign.send_at) <= now
    )
    sending = select(Campaign).where(or_(Campaign.status == CampaignStatus.SENDING.value, overdue))
    active = select(Sequence).where(Sequence.status == SequenceStatus.ACTIVE.value)
    changes = []
    for campaign in await session.scalars(sending):
        campaign.paused_reason = REASON
        changes.append(_paused(campaign, Kind.CAMPAIGN, now))
        found.campaigns += 1
    for sequence in await session.scalars(active):
        changes.append(_paused(sequence, Kind.SEQUENCE, now))
        found.sequences += 1
    session.add_all(_audit(f"{change.kind}/{change.doc_id}", "paused", now) for change in changes)
    session.add(_audit("database", "restored", now))
    await session.flush()
    await append_changes(session, [*changes, FeedChange(Kind.SETTINGS, "restored")], now)


def _audit(target: str, what: str, now: datetime) -> AuditEntry:
    action = f"{what}: {REASON}"
    return AuditEntry(id=new_document_id(), at=now, user_id=None, action=action, target=target, client="")


async def quiet(database: Database, keys: SecretKeys, now: datetime) -> Quieted:
    """Pause everything in every organisation."""
    found = Quieted()
    async with database.system_reader() as session:
        org_ids = list(await session.scalars(select(Org.id)))
    for org_id in org_ids:
        async with database.writer(org_id) as session:
            await _pause(session, found, now)
            sealed = select(SendingAccount.password_sealed).where(SendingAccount.password_sealed != "")
            passwords = list(await session.scalars(sealed))
        found.locked_accounts += sum(keys.unseal(password) is None for password in passwords)
    return found
