"""What a review learns: what could be better, whether links lead anywhere, and whether somebody approved."""

from __future__ import annotations

import asyncio
from types import MappingProxyType
from typing import TYPE_CHECKING

from contract.blocks import load_document
from localstore.records import DocKind
from render_preview.links import Link, links_of
from render_preview.lint import Location, lint
from sync.errors import ServiceError
from tui.screens.field_shares import FieldShares
from tui.screens.mail_tracking import MailTracking
from tui.segment_words import why_unfinished

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contract.blocks import Document
    from contract.campaigns import Approval
    from tui.editing.session import DraftSession
    from tui.services import Drafts, Links, Services

SEGMENT = Location(None, ("segmentId",))
"""Where a finding is about who gets it: in the campaign, beside its mail."""


def segment_faults(drafts: Drafts, segment: str | None) -> list[tuple[str, str, Location]]:
    """What stands against the segment: the mail would go to others than were meant."""
    words = why_unfinished(drafts.get(DocKind.SEGMENT, segment)) if segment else None
    return [("error", words, SEGMENT)] if words else []


class LinkWatch:
    """`found` says which links lead nowhere; `words` how far it got."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._of, self._checked = 0, 0
        self.found: list[tuple[str, str, Location]] = []

    @property
    def words(self) -> str:
        if not self._of:
            return "none"
        if self._checked < self._of:
            return f"{self._checked} of {self._of} checked …"
        missing = len(self.found)
        return (
            f"{self._of}, {missing} of them broken" if missing else f"{self._of}, all of them lead somewhere"
        )

    async def check(self, document: Document, changed: Callable[[], None]) -> None:
        """Ask for every link; `changed` is called as answers come."""
        links = links_of(document)
        self._of, self._checked, self.found = len(links), 0, []
        changed()
        await asyncio.gather(*(self._check(link, changed) for link in links))

    async def _check(self, link: Link, changed: Callable[[], None]) -> None:
        trouble = await self._links.trouble(link.url)
        self._checked += 1
        if trouble:
            self.found.append(("warning", f"Broken link ({trouble}): {link.url}", link.location))
        changed()


class LintWatch:
    """The lint as more becomes known: fields, and how many of the audience lack them."""

    def __init__(self, services: Services, session: DraftSession) -> None:
        self._services, self._session = services, session
        self._shares = FieldShares(services.audience)
        self._tracking = MailTracking(services)
        self._known: set[str] | None = None
        self.found: list[tuple[str, str, Location]] = []

    def document(self) -> Document | None:
        """None for one that was written by a newer version."""
        try:
            return load_document(self._session.content["contentJson"])
        except ValueError:
            return None

    async def learn(self, changed: Callable[[], None]) -> None:
        """Ask for the fields, then who lacks them; offline less is known."""
        try:
            self._known = {field.key for field in await self._services.contacts.fields()}
            await self._tracking.learn()
            self.look()
            changed()
            if (document := self.document()) is not None:
                await self._shares.learn(document, self._session.content.get("segmentId"), self._known)
        except ServiceError:
            return
        self.look()
        changed()

    def look(self, shares: Mapping[str, float] = MappingProxyType({})) -> None:
        """Find anew. `shares`: of the audience without a field, counted more exactly."""
        document, today = self.document(), self._services.clock.now().date()
        if document is None:
            newer = "This mail was written by a newer version and cannot be sent here."
            self.found = [("error", newer, Location())]
            return
        findings = lint(
            document,
            known_fields=self._known,
            lacking=self._shares.shares | {**shares},
            tracking=self._tracking.fresh(),
            today=today,
        )
        self.found = [(finding.level, finding.message, finding.location) for finding in findings]


def approval_words(approval: Approval) -> str:
    """Where it stands, in a few words."""
    if approval.approved_by is None:
        return "needed: somebody else opens this review and presses A"
    if not approval.stands:
        return f"{approval.approved_by.email} approved an earlier content; it needs another look"
    return f"by {approval.approved_by.email}"


def why_not_approved(approval: Approval | None, who: str) -> str | None:
    """Why the person at this workspace may not send it yet. `who`: as `Sync.who` says it."""
    if approval is None or not approval.required:
        return None
    if approval.approved_by is None or not approval.stands:
        return "Somebody else must approve it first: they open this review and press A."
    if who.startswith(f"{approval.approved_by.email} "):
        return "You approved it, so somebody else has to send it."
    return None
