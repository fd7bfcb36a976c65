"""Reading versions."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from backend.db.models.version import DocumentVersion
from backend.pagination import Order
from backend.work import Work
from contract.auth import UserInfo
from contract.problems import MissingError
from contract.versions import DocumentVersion as VersionWire
from contract.versions import VersionInfo

NEWEST_FIRST = Order(DocumentVersion.saved_at, DocumentVersion.id, descending=True)
Editors = Mapping[int | None, UserInfo]


def matching(document_id: str | None) -> Select[DocumentVersion]:
    """Of one campaign or sequence, or of all."""
    query = select(DocumentVersion)
    return query if document_id is None else query.where(DocumentVersion.document_id == document_id)


async def find(work: Work, version_id: str) -> DocumentVersion:
    """Raises `MissingError`."""
    row = await work.session.scalar(select(DocumentVersion).where(DocumentVersion.id == version_id))
    if row is None:
        raise MissingError
    return row


def _fields(row: DocumentVersion, editors: Editors) -> dict[str, Any]:
    return {
        "id": row.id,
        "document_id": row.document_id,
        "name": row.name,
        "saved_at": row.saved_at,
        "saved_by": editors.get(row.saved_by),
    }


def info(row: DocumentVersion, editors: Editors) -> VersionInfo:
    """Without its content, for lists."""
    return VersionInfo(**_fields(row, editors))


def to_wire(row: DocumentVersion, editors: Editors) -> VersionWire:
    """With its content."""
    return VersionWire(content_json=row.content_json, **_fields(row, editors))
