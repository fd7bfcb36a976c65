"""Keeping what campaigns and sequences held before.

One editor's work is thinned to a version per ten minutes: the row itself is the newest, and what it held is
kept when somebody else begins to write, or the same person has gone on for that long. A keystroke's autosave
therefore costs no second write.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.campaign import Campaign
from backend.db.models.sequence import Sequence
from backend.db.models.version import DocumentVersion
from backend.pagination import Order
from backend.work import Work
from contract.ids import new_document_id

STRETCH = timedelta(minutes=10)
NEWEST_FIRST = Order(DocumentVersion.saved_at, DocumentVersion.id, descending=True)
Document = Campaign | Sequence


def begin_stretch(work: Work, row: Document) -> None:
    """A new document: whoever made it is its editor."""
    row.edited_by = work.actor.user_id
    row.version_kept_at = work.now


def keep_version(work: Work, row: Document, name: str, content: dict[str, Any]) -> None:
    """Note who writes now, and keep what was there if this begins a stretch. Call it before the stamp."""
    editor = work.actor.user_id
    kept_at = row.version_kept_at
    if row.edited_by != editor or kept_at is None or work.now - kept_at >= STRETCH:
        work.session.add(
            DocumentVersion(
                document_id=row.id,
                id=new_document_id(),
                name=name,
                content_json=content,
                saved_at=row.updated_at,
                saved_by=row.edited_by,
            )
        )
        row.version_kept_at = work.now
    row.edited_by = editor


async def forget_versions(session: AsyncSession, document_id: str) -> None:
    """With the document."""
    await session.execute(delete(DocumentVersion).where(DocumentVersion.document_id == document_id))
