"""Blocks as terminal text, for the live preview beside the editor.

With `paint` and `leaf_pictures` the one part here that knows Textual.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

from textual.content import Content

from contract.block_types import SHARES
from contract.blocks import Block, BlockBase, Columns, Document, Theme
from contract.segment_print import show
from render_preview.dark import in_the_dark
from render_preview.inline import clean
from render_preview.leaf_pictures import PAINTERS
from render_preview.paint import MISSING, MUTED, Painter
from render_preview.palette import palette_of
from render_preview.shown import is_shown

PHONE, DESKTOP = 38, 72
"""Usual widths in cells."""

SIDE_BY_SIDE = 50
"""Cells from which on columns stand beside each other; fewer is a phone, where they are stacked."""
_GAP = 2
_NARROWEST = 8


@dataclass(frozen=True, slots=True)
class RenderedBlock:
    """One block of a preview. `content` has its line ends in it and no line wider than asked."""

    block_id: str
    content: Content


@dataclass(slots=True)
class PreviewCache:
    """Keeps each block's picture, so that an edit paints one block again and not two hundred."""

    look: object = None
    blocks: dict[str, tuple[Block, Content]] = field(default_factory=dict)


def _columns(block: Columns, paint: Painter) -> list[Content]:
    shares = SHARES[block.ratio]
    room = paint.width - _GAP * (len(shares) - 1)
    widths = [room * share // sum(shares) for share in shares]
    if min(widths) < _NARROWEST or (block.stack and paint.width < SIDE_BY_SIDE):
        stacked = [_cell(cell, paint) for cell in block.cells if cell]
        return [line for lines in stacked for line in (*lines, Content(""))][:-1] or [
            _empty_cell(paint.width)
        ]
    cells = [
        _cell(cell, paint.narrowed(width)) if cell else [_empty_cell(width)]
        for cell, width in zip(block.cells, widths, strict=True)
    ]
    rows = zip_longest(*cells, fillvalue=Content(""))
    return [
        Content(" " * _GAP).join(
            line.pad_right(max(0, width - line.cell_length)) for line, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]


def _empty_cell(width: int) -> Content:
    return Content.styled("empty column", MUTED).truncate(width, ellipsis=True)


def _cell(cell: Sequence[Block], paint: Painter) -> list[Content]:
    lines: list[Content] = []
    for leaf in cell:
        lines += [Content("")] * bool(lines) + _lines_of(leaf, paint)
    return lines


def _on_background(lines: list[Content], block: BlockBase, paint: Painter) -> list[Content]:
    """A block's own colour as a band, in the dark pair: it is readable whatever the terminal's theme is."""
    if block.bg is None or paint.dark:
        return lines
    place = palette_of(paint.theme).surface(block.bg)
    look = f"{place.text.dark} on {place.back.dark}"
    return [line.pad_right(max(0, paint.width - line.cell_length)).stylize_before(look) for line in lines]


def _condition(block: BlockBase, paint: Painter) -> list[Content]:
    """Who is shown it, above a block that not everyone is shown."""
    if block.show_if is None:
        return []
    words = Content.assemble(("◆ only if ", MUTED), (clean(show(block.show_if, {})), MUTED))
    return [words.truncate(paint.width, ellipsis=True)]


def _lines_of(block: Block, paint: Painter) -> list[Content]:
    lines = _in_the_light(block, paint)
    return in_the_dark(lines, getattr(block, "bg", None), paint) if paint.dark else lines


def _in_the_light(block: Block, paint: Painter) -> list[Content]:
    if not isinstance(block, BlockBase):
        words = f"A block of the type {clean(block.type)}: shown by a newer version, not sent by this one"
        return paint.lay([Content.styled(words, MISSING)])
    condition = _condition(block, paint)
    if paint.values is not None and not is_shown(block, paint.values, paint.now):
        return [*paint.lay([Content.styled("◇ left out here", MUTED)]), *condition]
    lines = _columns(block, paint) if isinstance(block, Columns) else PAINTERS[type(block)](block, paint)
    return condition + _on_background(lines, block, paint)


def render_block(
    block: Block,
    width: int,
    values: Mapping[str, str] | None = None,
    theme: Theme | None = None,
    now: datetime | None = None,
    *,
    dark: bool = False,
) -> Content:
    """One block at a width in cells. Without `values` merge tags are chips, with them a contact's values."""
    paint = Painter(max(_NARROWEST, width), values, theme or Theme(), now, dark=dark)
    return Content("\n").join(_lines_of(block, paint))


def render_document(
    document: Document,
    width: int,
    values: Mapping[str, str] | None = None,
    *,
    now: datetime | None = None,
    cache: PreviewCache | None = None,
    dark: bool = False,
) -> list[RenderedBlock]:
    """Every block in order. With a `cache` kept between calls only changed blocks are painted again.

    What a contact is not shown is one quiet line. `now` is what relative dates are counted from, by the hour.
    `dark`: in the colours of a mail program that turns the page dark.
    """
    cache = cache if cache is not None else PreviewCache()
    now = now.replace(minute=0, second=0, microsecond=0) if now else None
    look = (width, None if values is None else dict(values), document.theme.model_copy(), now, dark)
    if look != cache.look:
        cache.look, cache.blocks = look, {}
    painted: dict[str, tuple[Block, Content]] = {}
    for block in document.blocks:
        known = cache.blocks.get(block.id)
        if known is None or known[0] != block:
            picture = render_block(block, width, values, document.theme, now, dark=dark)
            known = (block.model_copy(deep=True), picture)
        painted[block.id] = known
    cache.blocks = painted
    return [RenderedBlock(block_id, content) for block_id, (_, content) in painted.items()]
