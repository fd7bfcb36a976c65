"""What an organisation keeps to start from: templates (whole mails) and snippets (a few blocks)."""

from enum import StrEnum
from typing import Any

from contract.blocks import WrittenDocument
from contract.wire import Answer, DocumentId, Name, Request, Timestamp, Version


class SavedKind(StrEnum):
    """A snippet's document has blocks and no subject."""

    TEMPLATE = "template"
    SNIPPET = "snippet"


class SavedMail(Answer):
    """A template or a snippet: a block document under a name."""

    id: DocumentId
    kind: SavedKind
    name: str
    content_json: dict[str, Any]
    created_at: Timestamp
    updated_at: Version


class SavedMailCreate(Request):
    """A new one. A client may bring its own UUIDv7."""

    id: DocumentId | None = None
    kind: SavedKind
    name: Name
    content_json: WrittenDocument


class SavedMailPatch(Request):
    """With `updatedAt` a compare-and-swap, without it the last writer wins."""

    name: Name | None = None
    content_json: WrittenDocument | None = None
    updated_at: Version | None = None


class SavedMailAnswer(Answer):
    """One of them."""

    saved_mail: SavedMail


class SavedMailList(Answer):
    """A page, by name."""

    saved_mails: list[SavedMail]
    next_cursor: str | None
