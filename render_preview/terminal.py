"""Blocks as terminal text, for the live preview beside the editor.

The one module here that knows Textual. It builds `Content` from plain strings and spans only: nothing a
person or a contact typed is ever parsed as console markup.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from textual.content import Content

from contract.blocks import (
    Block,
    BlockBase,
    Button,
    Divider,
    Document,
    Footer,
    Heading,
    Image,
    Spacer,
    Text,
    Theme,
)
from contract.merge_tags import MergeTag
from render_preview.inline import Atom, Break, Close, Run, clean, parse_inline, parse_prose, split_tags
from render_preview.palette import palette_of
from render_preview.values import clean_value

PHONE, DESKTOP = 38, 72
"""Usual widths in cells."""

_CHIP, _MISSING, _MUTED, _LINK = "reverse", "bold $text-error", "$text-muted", "underline $text-accent"
_STYLES = {"strong": "bold", "em": "italic", "s": "strike", "code": "dim", "link": _LINK}
_ROW_PIXELS = 24

_Align = Literal["left", "center", "right"]


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


class _Painter:
    def __init__(self, width: int, values: Mapping[str, str] | None, theme: Theme) -> None:
        self.width = max(8, width)
        self._values = values
        self.theme = theme

    def atom(self, atom: Atom, style: str = "") -> Content:
        """Words as they are; a tag as a chip, or as the contact's value."""
        if isinstance(atom, str):
            return Content.styled(_author_words(atom), style)
        if self._values is None:
            fallback = f" | {clean_value(atom.fallback)}" if atom.fallback else ""
            return Content.styled(f"\u00a0{atom.field}{fallback}\u00a0", f"{style} {_CHIP}".strip())
        value = clean_value(self._values.get(atom.field, "")) or clean_value(atom.fallback or "")
        if value or atom.fallback is not None:
            return Content.styled(value, style)
        return Content.styled(f"{atom.field}?", _MISSING)

    def plain(self, source: str, style: str = "") -> Content:
        return Content.assemble(*(self.atom(atom, style) for atom in split_tags(source)))

    def run(self, run: Run, base: str = "") -> Content:
        marks: list[str] = [base] if base else []
        out: list[Content] = []
        for piece in run:
            if isinstance(piece, str | MergeTag):
                out.append(self.atom(piece, " ".join(marks)))
            elif isinstance(piece, Break):
                out.append(Content("\n"))
            elif isinstance(piece, Close):
                marks.pop()
            else:
                marks.append(_STYLES[piece.mark])
        return Content.assemble(*out)

    def prose(self, source: str, base: str = "") -> list[Content]:
        runs = [self.run(run, base) for run in parse_prose(source)]
        return [line for run in runs for line in (Content(""), run)][1:]

    def lay(self, lines: list[Content], align: _Align = "left") -> list[Content]:
        """Wrapped to the width and set to a side."""
        wrapped = [part.rstrip(" ") for line in lines for part in line.wrap(self.width)]
        return [part.pad_left(self._indent(part.cell_length, align)) for part in wrapped]

    def _indent(self, length: int, align: _Align) -> int:
        room = max(0, self.width - length)
        return {"left": 0, "center": room // 2, "right": room}[align]


def _author_words(text: str) -> str:
    """An author's words between tags: spaces at the ends belong to the sentence."""
    inner = clean_value(text)
    if not inner:
        return " " if text else ""
    return " " * text[0].isspace() + inner + " " * text[-1].isspace()


def _heading(block: Heading, paint: _Painter) -> list[Content]:
    lines = paint.lay([paint.run(parse_inline(block.text), "bold")], block.align)
    if block.level > 1 or not block.text.strip():
        return lines
    length = max(line.cell_length for line in lines)
    return [*lines, Content.styled("━" * length, "$text-accent")]


def _text(block: Text, paint: _Painter) -> list[Content]:
    return paint.lay(paint.prose(block.text), block.align)


def _button(block: Button, paint: _Painter) -> list[Content]:
    look = f"bold {paint.theme.on_accent} on {paint.theme.accent}"
    look = look if block.kind == "primary" else "bold reverse"
    label = paint.run(parse_inline(block.label.replace("\n", " ") or "(no label)"))
    label = label.truncate(paint.width - 4, ellipsis=True)
    side = max(2, (paint.width - label.cell_length) // 2) if block.full else 2
    chip = label.pad(side, side).stylize_before(look)
    target = paint.plain(block.href, _MUTED) if block.href.strip() else Content.styled("no link", _MISSING)
    target = Content.assemble(("→ ", _MUTED), target).truncate(paint.width, ellipsis=True)
    return paint.lay([chip], "left" if block.full else block.align) + paint.lay([target], block.align)


def _image(block: Image, paint: _Painter) -> list[Content]:
    width = min(paint.width, max(16, round(paint.width * block.width / 600)))
    words = paint.plain(block.alt) if block.alt.strip() else Content.styled("no alt text", _MISSING)
    words = Content.styled("decorative", _MUTED) if block.decorative else words
    inner = [part.rstrip() for part in words.wrap(width - 4)]
    size = f" {block.width} px "
    frame = [Content.styled("┌" + "─" * (width - 2) + "┐", _MUTED)]
    for part in inner:
        left = max(0, width - 2 - part.cell_length) // 2
        right = max(0, width - 2 - part.cell_length - left)
        frame.append(Content.assemble(("│", _MUTED), part.pad(left, right), ("│", _MUTED)))
    frame.append(Content.styled("└" + size.rjust(width - 2, "─") + "┘", _MUTED))
    return paint.lay(frame, block.align)


def _divider(block: Divider, paint: _Painter) -> list[Content]:
    return [Content.styled(("━" if block.thickness > 2 else "─") * paint.width, _MUTED)]


def _spacer(block: Spacer, _paint: _Painter) -> list[Content]:
    return [Content("")] * max(1, round(block.height / _ROW_PIXELS))


def _footer(block: Footer, paint: _Painter) -> list[Content]:
    lines = paint.prose(block.text, _MUTED)
    if block.address.strip():
        lines.append(paint.plain(block.address, _MUTED))
    else:
        lines.append(Content.styled("no postal address", _MISSING))
    lines.append(paint.plain(block.unsubscribe, f"{_MUTED} underline"))
    return paint.lay(lines, "center")


_PAINTERS: dict[type, Callable[[Any, _Painter], list[Content]]] = {
    Heading: _heading,
    Text: _text,
    Button: _button,
    Image: _image,
    Divider: _divider,
    Spacer: _spacer,
    Footer: _footer,
}


def _on_background(lines: list[Content], block: BlockBase, paint: _Painter) -> list[Content]:
    """A block's own colour as a band, in the dark pair: it is readable whatever the terminal's theme is."""
    if block.bg is None:
        return lines
    place = palette_of(paint.theme).surface(block.bg)
    look = f"{place.text.dark} on {place.back.dark}"
    return [line.pad_right(max(0, paint.width - line.cell_length)).stylize_before(look) for line in lines]


def render_block(
    block: Block, width: int, values: Mapping[str, str] | None = None, theme: Theme | None = None
) -> Content:
    """One block at a width in cells. Without `values` merge tags are chips, with them a contact's values."""
    paint = _Painter(width, values, theme or Theme())
    painter = _PAINTERS.get(type(block))
    if painter is None or not isinstance(block, BlockBase):
        words = f"A block of the type {clean(block.type)}: shown by a newer version, not sent by this one"
        return Content("\n").join(paint.lay([Content.styled(words, _MISSING)]))
    return Content("\n").join(_on_background(painter(block, paint), block, paint))


def render_document(
    document: Document,
    width: int,
    values: Mapping[str, str] | None = None,
    *,
    cache: PreviewCache | None = None,
) -> list[RenderedBlock]:
    """Every block in order. With a `cache` kept between calls only changed blocks are painted again."""
    cache = cache if cache is not None else PreviewCache()
    look = (width, None if values is None else dict(values), document.theme.model_copy())
    if look != cache.look:
        cache.look, cache.blocks = look, {}
    painted: dict[str, tuple[Block, Content]] = {}
    for block in document.blocks:
        known = cache.blocks.get(block.id)
        if known is None or known[0] != block:
            known = (block.model_copy(deep=True), render_block(block, width, values, document.theme))
        painted[block.id] = known
    cache.blocks = painted
    return [RenderedBlock(block_id, content) for block_id, (_, content) in painted.items()]
