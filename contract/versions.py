"""Earlier contents of a campaign or a sequence, as the server kept them.

A version is what stood there before someone else began to write, or before ten more minutes of writing by
the same person.
"""

from typing import Any

from contract.auth import UserInfo
from contract.wire import Answer, DocumentId, Timestamp


class VersionInfo(Answer):
    """When it was written last, and by whom; nobody where the user is gone or the server wrote."""

    id: DocumentId
    document_id: DocumentId
    name: str
    saved_at: Timestamp
    saved_by: UserInfo | None = None


class DocumentVersion(VersionInfo):
    """With the content: `contentJson` of a campaign, `{"steps": [...]}` of a sequence."""

    content_json: dict[str, Any]


class VersionList(Answer):
    """A page, newest first."""

    versions: list[VersionInfo]
    next_cursor: str | None


class VersionAnswer(Answer):
    """One version."""

    version: DocumentVersion
