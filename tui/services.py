"""What screens need, as Protocols: nothing here knows the network, the database or Textual.

`sync/services.py` implements them over the local store and the server; `tui/memory.py` is the twin in
memory that tests and pictures use. Reading methods that touch only this computer are synchronous and
fast; whatever may wait for the server is `async` and raises `sync.errors.ServiceError`, whose text is a
sentence for the person. `Editing.change` is awaited in the message handler: when it returns, the words
are either in the store or in the next 100 ms slot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contract.clock import Clock
    from contract.contacts import Contact, ContactList, FieldDefinition
    from contract.segments import Explanation, PreviewAnswer
    from contract.versions import DocumentVersion, VersionList
    from localstore.mailbox import CaughtMail
    from localstore.records import (
        Dispute,
        DocKind,
        DocSummary,
        Draft,
        Json,
        KeptText,
        MassDeletion,
        SavedMail,
    )
    from localstore.undo_line import UndoLine, UndoMove
    from sync.status import Badge
    from tui.sending_services import Accounts, Mails, Rules, Sending, Sequences, Suppressions

Unsubscribe = Callable[[], None]
list_ = list
"""`Drafts.list` hides the name inside its class."""


class Editing(Protocol):
    """One open draft."""

    @property
    def draft(self) -> Draft:
        """The draft as it stands, unsaved keystrokes included."""

    @property
    def undo_line(self) -> UndoLine:
        """The undo steps that led to the draft as it was opened; empty where somebody else changed it."""

    async def change(self, content: Json, undo: UndoMove | None = None) -> None:
        """Store new content: at once if the last save is 100 ms old, else in the next slot.

        `undo` is what changed in its line of undo steps.
        Raises `NotSavedError`; the content stays in memory and is tried again.
        """

    async def flush(self) -> None:
        """Store whatever waits for its slot (blur, leaving, quitting)."""

    async def close(self) -> None:
        """Flush, and let another window edit."""


class Drafts(Protocol):
    """Documents on this computer."""

    def list(self, kind: DocKind) -> list[DocSummary]:
        """All documents of a kind, newest change first."""

    def get(self, kind: DocKind, id: str) -> Draft | None:
        """One document for reading."""

    def dispute(self, kind: DocKind, id: str) -> Dispute | None:
        """Both texts of a document and what they grew from, as far as they are known."""

    def kept(self, kind: DocKind | None = None, id: str | None = None) -> list_[KeptText]:
        """Texts that something else took the place of, the latest first: of one document, or of all."""

    async def edit(self, kind: DocKind, id: str) -> Editing:
        """Open a document for editing. Raises `ServiceError` where another window has it."""

    async def create(self, kind: DocKind, content: Json) -> str:
        """A new document, durable when this returns; its id."""

    async def delete(self, kind: DocKind, id: str) -> None:
        """Delete here; it goes to the server after the 10 s in which `undelete` brings it back."""

    async def undelete(self, kind: DocKind, id: str) -> None:
        """Take a deletion back."""

    async def settle(self, kind: DocKind, id: str, choice: str) -> None:
        """End a hold: "mine", "theirs", or "both" (theirs here, mine as a copy)."""

    async def accept(self, kind: DocKind, id: str, content: Json, seen: Dispute) -> None:
        """End a conflict with a text made of both. Raises `ServiceError` if either moved on since `seen`."""

    async def bring_back(self, n: int) -> tuple[DocKind, str]:
        """Put a kept text in the place of the present one; what it is now."""

    async def export(self, kind: DocKind, id: str) -> str:
        """Write a document into a file of its own; its path."""


class Sync(Protocol):
    """What the network makes of the drafts."""

    def badge(self, kind: DocKind | None = None, id: str | None = None) -> Badge:
        """The truth about one document, or about all of them."""

    def subscribe(self, changed: Callable[[], None]) -> Unsubscribe:
        """Be told, on the event loop, whenever a list, a draft or the badge may read differently."""

    def now(self) -> None:
        """Push and pull at once (`:sync`)."""

    async def wait_synced(self, kind: DocKind, id: str) -> Draft:
        """Push one document and return it when the server has it. Raises `ServiceError` if it cannot."""

    def mass_deletion(self) -> MassDeletion | None:
        """The question whether so many deletions on the server are meant, while it is open."""

    async def answer_deletion(self, answer: str) -> None:
        """With "allow" they are deleted here too; with "keep" each waits until it is decided."""

    def member_changes(self) -> list[tuple[str, int, str]]:
        """(segment, how many members decided by hand wait, why the server refused them)."""

    @property
    def server(self) -> str:
        """The team server's address; empty where nobody needs to sign in."""

    async def sign_in(self, email: str, password: str) -> None:
        """Sign in to the team server. Raises `ServiceError`."""

    async def sign_out(self, *, discard: bool) -> None:
        """Sign out; drafts stay for their owner, unless everything here is discarded."""

    @property
    def who(self) -> str:
        """The signed-in person and organisation in a few words, such as "ana@shop.example · Demo"."""


class Contacts(Protocol):
    """Contacts live on the server; pages come by position."""

    @property
    def remembered(self) -> bool:
        """Whether the last page is what this computer remembers, because the server is away."""

    async def page(self, offset: int, limit: int, query: str = "") -> ContactList:
        """Contacts `offset` to `offset + limit` by address, with the total."""

    async def get(self, id: str) -> Contact:
        """One contact."""

    async def create(self, email: str, name: str) -> Contact:
        """A new contact."""

    async def fields(self) -> list[FieldDefinition]:
        """Fields that segments and merge tags may name; from memory after the first call."""


class Audience(Protocol):
    """Who would get it."""

    async def preview(self, text: str, segment_id: str | None = None) -> PreviewAnswer:
        """Count and sample of an unsaved filter in its text form. Check the syntax before asking."""

    async def members(self, segment_id: str, offset: int, limit: int) -> ContactList:
        """The evaluated audience of a saved segment, by position."""

    async def lacking(self, segment_id: str, fields: list[str]) -> dict[str, float]:
        """The share of the saved segment's audience, 0 to 1, without each of these fields."""

    async def add(self, segment_id: str, emails: list[str]) -> int:
        """Include contacts by address, whatever the filter says; how many were new."""

    async def remove(self, segment_id: str, contact_ids: list[str]) -> int:
        """Take contacts out, whatever the filter says; how many were in."""

    async def explain(self, text: str, contact_id: str, segment_id: str | None = None) -> Explanation:
        """Why a contact is in or out."""


class Links(Protocol):
    """Whether addresses lead anywhere, asked from this computer."""

    async def trouble(self, url: str) -> str | None:
        """What is wrong with a web address in a few words; None if something is there."""


class Versions(Protocol):
    """What the server kept of earlier contents."""

    async def list(self, id: str, cursor: str | None) -> VersionList:
        """Earlier contents of a campaign or a sequence, newest first."""

    async def show(self, version_id: str) -> DocumentVersion:
        """One of them, with its content."""


class Mailbox(Protocol):
    """The local mail catcher's mails, where there is one."""

    @property
    def present(self) -> bool:
        """Whether this workspace has a mail catcher."""

    async def list(self, limit: int = 200) -> list[CaughtMail]:
        """Newest first; bodies included."""

    async def count(self) -> int:
        """How many mails it holds."""


class Library(Protocol):
    """What the organisation keeps to start from: whole mails (templates) or a few blocks (snippets)."""

    async def list(self) -> list[SavedMail]:
        """All of them, by name."""

    async def save(self, name: str, content_json: Json, id: str | None = None) -> SavedMail:
        """A new one; with an `id`, in the place of that one."""

    async def delete(self, id: str) -> None:
        """Take one out; one that is gone already is no mistake."""


@dataclass(frozen=True)
class Services:
    """Everything the app is given."""

    drafts: Drafts
    sync: Sync
    contacts: Contacts
    audience: Audience
    sending: Sending
    mails: Mails
    accounts: Accounts
    suppressions: Suppressions
    rules: Rules
    sequences: Sequences
    mailbox: Mailbox
    templates: Library
    snippets: Library
    links: Links
    versions: Versions
    clock: Clock
