"""A place with a mail in it that is checked after every pause in typing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from contract.blocks import Document, load_document
from render_preview.lint import Finding, lint
from sync.errors import ServiceError
from tui.screens.field_shares import FieldShares
from tui.screens.mail_tracking import MailTracking
from tui.screens.place import Place
from tui.widgets.list_rows import Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from contract.contacts import FieldDefinition
    from localstore.records import DocKind
    from render_preview.lint import Location
    from tui.editing.session import DraftSession
    from tui.services import Services

Json = dict[str, Any]

CHECK_AFTER = 0.4
"""Seconds without a key after which the mail is checked."""
_LEVELS = {"error": ("! error", "bad"), "warning": ("~ warning", "warn"), "hint": ("· hint", "quiet")}


def _sentence(finding: Finding) -> str:
    return f"{finding.message} Fix: {finding.fix.title}." if finding.fix else finding.message


class CheckedMail(Place):
    """Subclasses say where in the draft the document is, and have a list `#findings`."""

    def __init__(self, services: Services, session: DraftSession) -> None:
        super().__init__(services)
        self.session = session
        self.findings: list[Finding] = []
        self.to_check = asyncio.Event()
        self._known_fields: set[str] | None = None
        self._shares = FieldShares(services.audience)
        self._tracking = MailTracking(services)

    def document_in(self, content: Json) -> Json:
        """The block document within the draft's content."""
        raise NotImplementedError

    def with_document(self, content: Json, document: Json) -> Json:
        """The content with another document."""
        raise NotImplementedError

    async def jump(self, location: Location) -> None:
        """To the field there."""
        raise NotImplementedError

    def show_findings(self) -> None:
        """Show `findings` where the person looks."""
        raise NotImplementedError

    @property
    def mail(self) -> Json:
        """The block document as it stands."""
        return self.document_in(self.session.content)

    @property
    def document(self) -> tuple[DocKind, str]:
        return self.session.kind, self.session.id

    def loaded(self) -> Document | None:
        """The document as a model; None while it cannot be read."""
        try:
            return load_document(self.mail)
        except ValueError:
            return None

    @property
    def chosen_finding(self) -> Finding | None:
        """The finding under the cursor, while the checks are shown."""
        row = self.query_one("#findings", PagedList).row if self.has_class("-checking") else None
        return self.findings[int(row.key)] if row is not None else None

    async def to_finding(self) -> None:
        """To what the chosen one is about."""
        if (finding := self.chosen_finding) is not None:
            await self.jump(finding.location)

    def start_checking(self) -> None:
        """Check now, and after each pause from now on."""
        self.check()
        self.read(self._keep_checking, "checking")
        self.read(self._learn_fields, "fields")

    async def _learn_fields(self) -> None:
        try:
            fields = await self.services.contacts.fields()
            await self._tracking.learn()
        except ServiceError:
            return
        self._known_fields = {field.key for field in fields}
        self.learnt(fields)
        self.check()
        await self._learn_shares()

    def learnt(self, fields: list[FieldDefinition]) -> None:
        """The fields of this organisation are known now."""

    async def _keep_checking(self) -> None:
        while self.is_attached:
            await self.to_check.wait()
            self.to_check.clear()
            await self.services.clock.sleep(CHECK_AFTER)
            if not self.to_check.is_set():
                self.check()
                self.read(self._learn_shares, "shares")

    async def _learn_shares(self) -> None:
        """Offline nobody knows: then it stays a hint."""
        document = self.loaded()
        if document is None or self._known_fields is None:
            return
        try:
            learnt = await self._shares.learn(
                document, self.session.content.get("segmentId"), self._known_fields
            )
        except ServiceError:
            return
        if learnt:
            self.check()

    def check(self) -> None:
        """Look for what is wrong, or could be better."""
        document = self.loaded()
        if document is None or not self.is_attached:
            return
        self.findings = lint(
            document,
            known_fields=self._known_fields,
            lacking=self._shares.shares,
            tracking=self._tracking.fresh(),
            today=self.services.clock.now().date(),
        )
        rows = [
            Row(str(n), (_LEVELS[finding.level][0], _sentence(finding)), {0: _LEVELS[finding.level][1]})
            for n, finding in enumerate(self.findings)
        ]
        self.query_one("#findings", PagedList).show_rows(rows)
        self.show_findings()
