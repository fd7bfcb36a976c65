"""How many of the audience lack the fields that a mail has no fallback for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.merge_tags import RESERVED
from render_preview.parts import fields_used

if TYPE_CHECKING:
    from collections.abc import Collection

    from contract.blocks import Document
    from tui.services import Audience


class FieldShares:
    """Asks once for each field and segment; `shares` is what was told so far."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience
        self._segment: str | None = None
        self._asked: set[str] = set()
        self.shares: dict[str, float] = {}

    async def learn(self, document: Document, segment: str | None, known: Collection[str]) -> bool:
        """Ask for what is not known yet; whether anything was learnt. Raises `ServiceError`."""
        if segment != self._segment:
            self._segment, self._asked, self.shares = segment, set(), {}
        bare = {tag.field for tag in fields_used(document) if tag.fallback is None and tag.field in known}
        wanted = bare.difference(self._asked, RESERVED)
        if not segment or not wanted:
            return False
        self._asked |= wanted
        try:
            found = await self._audience.lacking(segment, sorted(wanted))
        except BaseException:
            self._asked -= wanted
            raise
        if segment == self._segment:
            self.shares |= found
        return True
