"""Each type of block but columns as lines of terminal text."""

from collections.abc import Callable
from typing import Any

from textual.content import Content

from contract.blocks import (
    Button,
    Code,
    Divider,
    Footer,
    Heading,
    Html,
    Image,
    ListBlock,
    Quote,
    Social,
    Spacer,
    Text,
)
from render_preview.inline import clean, parse_inline
from render_preview.networks import NETWORKS
from render_preview.own_pages import links_in
from render_preview.paint import LINK, MISSING, MUTED, Painter
from render_preview.raw_html import readable_text

_ROW_PIXELS = 24


def _heading(block: Heading, paint: Painter) -> list[Content]:
    lines = paint.lay([paint.run(parse_inline(block.text), "bold")], block.align)
    if block.level > 1 or not block.text.strip():
        return lines
    length = max(line.cell_length for line in lines)
    return [*lines, Content.styled("━" * length, "$text-accent")]


def _text(block: Text, paint: Painter) -> list[Content]:
    return paint.lay(paint.prose(block.text), block.align)


def _button(block: Button, paint: Painter) -> list[Content]:
    look = f"bold {paint.theme.on_accent} on {paint.theme.accent}"
    look = look if block.kind == "primary" else "bold reverse"
    label = paint.run(parse_inline(block.label.replace("\n", " ") or "(no label)"))
    label = label.truncate(paint.width - 4, ellipsis=True)
    side = max(2, (paint.width - label.cell_length) // 2) if block.full else 2
    chip = label.pad(side, side).stylize_before(look)
    target = paint.plain(block.href, MUTED) if block.href.strip() else Content.styled("no link", MISSING)
    target = Content.assemble(("→ ", MUTED), target).truncate(paint.width, ellipsis=True)
    return paint.lay([chip], "left" if block.full else block.align) + paint.lay([target], block.align)


def _image(block: Image, paint: Painter) -> list[Content]:
    width = min(paint.width, max(16, round(paint.width * block.width / 600)))
    words = paint.plain(block.alt) if block.alt.strip() else Content.styled("no alt text", MISSING)
    words = Content.styled("decorative", MUTED) if block.decorative else words
    inner = [part.rstrip() for part in words.wrap(width - 4)]
    size = f" {block.width} px "
    frame = [Content.styled("┌" + "─" * (width - 2) + "┐", MUTED)]
    for part in inner:
        left = max(0, width - 2 - part.cell_length) // 2
        right = max(0, width - 2 - part.cell_length - left)
        frame.append(Content.assemble(("│", MUTED), part.pad(left, right), ("│", MUTED)))
    frame.append(Content.styled("└" + size.rjust(width - 2, "─") + "┘", MUTED))
    return paint.lay(frame, block.align)


def _divider(block: Divider, paint: Painter) -> list[Content]:
    return [Content.styled(("━" if block.thickness > 2 else "─") * paint.width, MUTED)]


def _spacer(block: Spacer, _paint: Painter) -> list[Content]:
    return [Content("")] * max(1, round(block.height / _ROW_PIXELS))


def _footer(block: Footer, paint: Painter) -> list[Content]:
    lines = paint.prose(block.text, MUTED)
    if block.address.strip():
        lines.append(paint.plain(block.address, MUTED))
    else:
        lines.append(Content.styled("no postal address", MISSING))
    links = [paint.plain(label, f"{MUTED} underline") for label, _ in links_in(block)]
    lines.append(Content.styled(" · ", MUTED).join(links))
    return paint.lay(lines, "center")


def _list(block: ListBlock, paint: Painter) -> list[Content]:
    if not block.items:
        return paint.lay([Content.styled("no points yet", MISSING)])
    lines: list[Content] = []
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}. " if block.ordered else "• "
        inner = paint.narrowed(paint.width - len(mark))
        for at, line in enumerate(inner.lay([paint.run(parse_inline(item))])):
            lines.append(Content.assemble((" " * len(mark) if at else mark, MUTED), line))
    return lines


def _quote(block: Quote, paint: Painter) -> list[Content]:
    words = paint.prose(block.text, "italic")
    if block.cite.strip():
        cite = Content.assemble(("— ", MUTED), paint.run(parse_inline(block.cite), MUTED))
        words = [*words, Content(""), cite]
    lines = paint.narrowed(paint.width - 2).lay(words)
    return [Content.assemble(("▌ ", "$text-accent"), line) for line in lines]


def _code(block: Code, paint: Painter) -> list[Content]:
    source = [paint.kept(line) for line in clean(block.text).rstrip().split("\n")]
    lines = [part for line in source for part in (line.fold(paint.width - 2) or [Content("")])]
    rest = paint.width - 1
    return [line.pad_left(1).pad_right(rest - line.cell_length).stylize("dim reverse") for line in lines]


def _social(block: Social, paint: Painter) -> list[Content]:
    if not block.links:
        return paint.lay([Content.styled("no links yet", MISSING)])
    names = [
        Content.styled(NETWORKS[link.network], LINK if link.href.strip() else MISSING) for link in block.links
    ]
    return paint.lay([Content(" · ").join(names)], block.align)


def _html(block: Html, paint: Painter) -> list[Content]:
    words = readable_text(block.html)
    if not words.strip():
        return paint.lay([Content.styled("no HTML yet", MISSING)])
    head = Content.styled("HTML, without its looks", MUTED).truncate(paint.width, ellipsis=True)
    return [head, *paint.lay([paint.plain(line) for line in words.split("\n")])]


PAINTERS: dict[type, Callable[[Any, Painter], list[Content]]] = {
    Heading: _heading,
    Text: _text,
    Button: _button,
    Image: _image,
    ListBlock: _list,
    Quote: _quote,
    Code: _code,
    Social: _social,
    Html: _html,
    Divider: _divider,
    Spacer: _spacer,
    Footer: _footer,
}
