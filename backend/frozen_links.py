"""Where the tracked links of a mail that was sent lead: looked up in the content that was frozen for it."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.frozen_content import frozen_content
from contract.blocks import NewerDocumentError, load_document
from render_preview.targets import links_of
from render_preview.tracking import Address

MAX_KEPT = 64
_NONE: Mapping[int, Address] = {}


def links_in(content: dict[str, Any]) -> Mapping[int, Address]:
    """The links of a frozen content, by number; none of one that this program cannot read."""
    try:
        return links_of(load_document(content))
    except (NewerDocumentError, ValidationError):
        return _NONE


class FrozenLinks:
    """Reads each content once; it never changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str, int, str], Mapping[int, Address]] = OrderedDict()

    async def of(
        self, session: AsyncSession, source_id: str, revision: int, step_id: str = ""
    ) -> Mapping[int, Address]:
        """By number; empty for a content that is gone."""
        key = (int(session.info["org_id"]), source_id, revision, step_id)
        found = self._kept.get(key)
        if found is None:
            raw = await frozen_content(session, source_id, revision, step_id)
            if raw is None:
                return _NONE
            found = links_in(raw)
            self._kept[key] = found
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return found
