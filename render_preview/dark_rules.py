"""The style rules of a mail's dark colours; each theme's are written once and kept.

For clients that follow the system (a media query) and for Outlook.com, which marks what it turned dark:
`data-ogsc` where it changed the ink, `data-ogsb` where it changed the ground.
"""

from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup

from contract.blocks import ColorToken, Theme
from render_preview.palette import Palette, Surface, colors_of, palette_from


def _rule(selector: str, property: str, color: str) -> str:
    return f"{selector}{{{property}:{color}!important}}"


def _surface(name: str, place: Surface, ink: str, ground: str, *, quotes: bool) -> Iterator[str]:
    yield _rule(f"{ink}.t-{name}", "color", place.text.dark)
    yield _rule(f"{ink}.m-{name}", "color", place.muted.dark)
    yield _rule(f"{ink}.l-{name}", "color", place.link.dark)
    if quotes:
        yield _rule(f"{ink}.q-{name}", "border-color", place.link.dark)
    if name != "accent":
        yield _rule(f"{ink}.line-{name}", "color", place.link.dark)
        yield _rule(f"{ink}.line-{name}", "border-color", place.link.dark)
        yield _rule(f"{ground}.line-{name}", "background-color", place.back.dark)
    if name != "card":
        yield _rule(f"{ground}.b-{name}", "background-color", place.back.dark)


def _rules(
    palette: Palette, used: tuple[ColorToken, ...], ink: str, ground: str, *, quotes: bool
) -> Iterator[str]:
    yield _rule(f"{ground}.page", "background-color", palette.page.dark)
    yield _rule(f"{ground}.card", "background-color", palette.card.back.dark)
    yield _rule(f"{ink}.rule", "border-color", palette.rule.dark)
    yield from _surface("card", palette.card, ink, ground, quotes=quotes)
    for name in used:
        yield from _surface(name, palette.blocks[name], ink, ground, quotes=quotes)


def dark_rules(theme: Theme, used: tuple[ColorToken, ...], *, quotes: bool) -> Markup:
    """For the card and the backgrounds that are used. `quotes`: whether there are any."""
    return _dark_rules(colors_of(theme), used, quotes)


@lru_cache(maxsize=64)
def _dark_rules(colors: tuple[str, ...], used: tuple[ColorToken, ...], quotes: bool) -> Markup:
    palette = palette_from(colors)
    asked = "".join(_rules(palette, used, "", "", quotes=quotes))
    marked = "".join(_rules(palette, used, "[data-ogsc] ", "[data-ogsb] ", quotes=quotes))
    return Markup(f"@media (prefers-color-scheme:dark){{{asked}}}\n{marked}")  # noqa: S704  # colours only
