"""A mail as pictures of its blocks, with the line an inbox would show above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from contract.merge_tags import MERGE_TAG, tag_of
from render_preview.dark import dark_line
from render_preview.terminal import PreviewCache, render_document
from tui.text import clean, plain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from contract.blocks import Document

_AIRY = {"m", "l"}


def filled(text: str, values: Mapping[str, str] | None) -> Content:
    """A subject or preheader with its merge tags as chips, or as a contact's values."""
    parts: list[Content] = []
    at = 0
    for match in MERGE_TAG.finditer(text):
        tag = tag_of(match)
        parts.append(plain(text[at : match.start()]))
        if values is None:
            parts.append(Content.styled(f"\u00a0{clean(tag.field)}\u00a0", "reverse"))
        else:
            parts.append(plain(values.get(tag.field) or tag.fallback or ""))
        at = match.end()
    return Content("").join([*parts, plain(text[at:])])


def _inbox_line(document: Document, values: Mapping[str, str] | None, width: int) -> Content:
    subject = filled(document.subject, values) or Content.styled("(no subject)", "$error")
    lines = [part.stylize("bold") for part in subject.wrap(width)]
    if document.preheader.strip():
        lines.append(filled(document.preheader, values).truncate(width, ellipsis=True).stylize("$quiet"))
    return Content("\n").join([*lines, Content.styled("─" * width, "$border"), Content("")])


def mail_pictures(
    document: Document,
    values: Mapping[str, str] | None,
    width: int,
    cache: PreviewCache,
    now: datetime | None = None,
    *,
    dark: bool = False,
) -> list[tuple[str, Content]]:
    """(block id, picture) in order. With the same `cache` only changed blocks are painted again."""
    pictures = [("", _inbox_line(document, values, width))]
    pads = {block.id: getattr(block, "pad", "m") for block in document.blocks}
    air = Content("") if not dark else dark_line(document.theme, width)
    for block in render_document(document, width, values, now=now, cache=cache, dark=dark):
        pictures.append((block.block_id, block.content))
        if pads[block.block_id] in _AIRY:
            pictures.append((f"{block.block_id}+", air))
    return pictures
