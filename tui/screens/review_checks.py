"""What a review learns besides the lint: whether links lead anywhere, and whether somebody approved."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from render_preview.links import Link, links_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract.blocks import Document
    from contract.campaigns import Approval
    from tui.services import Links


class LinkWatch:
    """`found` says which links lead nowhere; `words` how far it got."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._of, self._checked = 0, 0
        self.found: list[tuple[str, str, str | None]] = []

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
            self.found.append(("warning", f"Broken link ({trouble}): {link.url}", link.block_id))
        changed()


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
