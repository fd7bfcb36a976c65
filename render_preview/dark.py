"""The terminal picture of a mail where the page is turned dark: every colour is the dark one of its pair."""

from textual.content import Content, Span

from contract.blocks import ColorToken, Theme
from render_preview.paint import Painter
from render_preview.palette import Surface, palette_of


def _ink(place: Surface) -> str:
    return f"{place.text.dark} on {place.back.dark}"


def dark_line(theme: Theme, width: int) -> Content:
    """An empty line of the card."""
    return Content.styled(" " * width, _ink(palette_of(theme).card))


def _recoloured(line: Content, place: Surface) -> Content:
    """What the terminal's theme would colour."""
    colors = {"$text-muted": place.muted, "$text-accent": place.link, "$text-error": place.link}
    spans = []
    for start, end, style in line.spans:
        words = style if isinstance(style, str) else ""
        for name, color in colors.items():
            words = words.replace(name, color.dark)
        spans.append(Span(start, end, words or style))
    return Content(line.plain, spans=spans)


def in_the_dark(lines: list[Content], token: ColorToken | None, paint: Painter) -> list[Content]:
    """Lines of a block on its own background, or on the card's."""
    place = palette_of(paint.theme).surface(token)
    return [
        _recoloured(line.pad_right(max(0, paint.width - line.cell_length)), place).stylize_before(_ink(place))
        for line in lines
    ]
