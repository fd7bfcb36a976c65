"""What a person did through a link, for the audit log and the contact's timeline."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.ledger import AuditEntry
from contract.ids import new_document_id


def leave_trace(session: AsyncSession, action: str, contact_id: int, through: str, now: datetime) -> None:
    """In the transaction of the change itself. Nobody was signed in, so no user did it."""
    session.add(
        AuditEntry(
            id=new_document_id(),
            at=now,
            user_id=None,
            action=action,
            target=f"contact/{contact_id}",
            client=through,
            before_hash=None,
            after_hash=None,
        )
    )
