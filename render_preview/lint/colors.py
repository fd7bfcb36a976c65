"""Whether words can be read on what is behind them.

Dark colours, and the light ones on tinted backgrounds, are moved by the palette until they can be; only
what the author chose for the card and for buttons stands as it is, so only that is checked here.
"""

from collections.abc import Iterator
from functools import lru_cache

from contract.blocks import Block, BlockBase, Button, Document, Theme
from render_preview.lint.finding import Finding, Fix
from render_preview.location import Location
from render_preview.palette import READABLE, contrast, readable

_NAMES = {"text": "text", "muted": "muted text", "accent": "links", "on_accent": "words on the accent colour"}


@lru_cache(maxsize=64)
def _low(ink: str, back: str) -> tuple[float, str] | None:
    """The contrast and a colour that could be read, where this one cannot."""
    found = contrast(ink, back)
    return None if found >= READABLE else (found, readable(ink, back))


def _on_accent(block: Block) -> bool:
    filled = isinstance(block, Button) and block.kind == "primary"
    return filled or (isinstance(block, BlockBase) and block.bg == "accent")


def _pairs(document: Document) -> Iterator[tuple[str, str]]:
    yield from (("text", "card"), ("muted", "card"), ("accent", "card"))
    if any(_on_accent(block) for block in document.every_block()):
        yield "on_accent", "accent"


def colors(document: Document) -> Iterator[Finding]:
    """Pairs of the theme with less contrast than WCAG asks for."""
    theme = document.theme
    for ink, back in _pairs(document):
        low = _low(getattr(theme, ink), getattr(theme, back))
        if low is not None:
            found, better = low
            name = Theme.model_fields[ink].alias or ink
            location = Location(None, ("theme", name))
            fix = Fix(f"Change the colour to {better}", location.path, better)
            message = f"The {_NAMES[ink]} can hardly be read: a contrast of {found:.1f} to 1, not {READABLE}."
            yield Finding("warning", "contrast-low", location, message, fix)
