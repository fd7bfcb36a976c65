"""Every colour of a mail as a light and a dark value.

The author chooses light colours; the dark ones are derived and moved until they can be read, because a
mail client that turns the page dark must never leave dark words on it.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from contract.blocks import ColorToken, Theme

READABLE = 4.5
"""WCAG 2 contrast for body text."""

_COLORS = ("page", "card", "text", "muted", "accent", "on_accent")
_DARK_PAGE, _DARK_CARD, _DARK_TEXT, _DARK_MUTED = "#101114", "#1c1e22", "#e9eaed", "#a4abb6"


class Pair(NamedTuple):
    """One colour in both modes."""

    light: str
    dark: str


class Surface(NamedTuple):
    """A background and what is written on it."""

    back: Pair
    text: Pair
    muted: Pair
    link: Pair


@dataclass(frozen=True, slots=True)
class Palette:
    """All colours of one theme."""

    page: Pair
    rule: Pair
    card: Surface
    blocks: dict[ColorToken, Surface]

    def surface(self, token: ColorToken | None) -> Surface:
        """Where a block stands: the card, or its own background."""
        return self.blocks[token] if token else self.card


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    parts = [value / 255 for value in _channels(color)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The WCAG ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mix(color: str, other: str, share: float) -> str:
    """`share` of `color` over `other`."""
    mixed = (
        round(a * share + b * (1 - share)) for a, b in zip(_channels(color), _channels(other), strict=True)
    )
    return "#" + "".join(f"{value:02x}" for value in mixed)


def readable(color: str, back: str) -> str:
    """`color`, moved towards white or black only as far as reading on `back` asks."""
    toward = "#ffffff" if contrast("#ffffff", back) >= contrast("#000000", back) else "#000000"
    for tenth in range(11):
        moved = mix(toward, color, tenth / 10)
        if contrast(moved, back) >= READABLE:
            return moved
    return toward


def _surface(theme: Theme, light: str, dark: str) -> Surface:
    return Surface(
        Pair(light, dark),
        Pair(readable(theme.text, light), readable(_DARK_TEXT, dark)),
        Pair(readable(theme.muted, light), readable(_DARK_MUTED, dark)),
        Pair(readable(theme.accent, light), readable(theme.accent, dark)),
    )


def _card(theme: Theme) -> Surface:
    """Here the light colours stand as the author chose them."""
    made = _surface(theme, theme.card, _DARK_CARD)
    return Surface(
        made.back,
        Pair(theme.text, made.text.dark),
        Pair(theme.muted, made.muted.dark),
        Pair(theme.accent, made.link.dark),
    )


def _accented(theme: Theme) -> Surface:
    ink = Pair(theme.on_accent, theme.on_accent)
    return Surface(Pair(theme.accent, theme.accent), ink, ink, ink)


@lru_cache(maxsize=64)
def palette_from(colors: tuple[str, ...]) -> Palette:
    """As `palette_of`, from `colors_of` a theme."""
    theme = Theme.model_validate(dict(zip(_COLORS, colors, strict=True)))
    card, muted, accent = theme.card, theme.muted, theme.accent
    return Palette(
        page=Pair(theme.page, _DARK_PAGE),
        rule=Pair(mix(muted, card, 0.3), mix(_DARK_MUTED, _DARK_CARD, 0.35)),
        card=_card(theme),
        blocks={
            "tint": _surface(theme, mix(accent, card, 0.1), mix(accent, _DARK_CARD, 0.2)),
            "muted": _surface(theme, mix(muted, card, 0.12), mix(_DARK_MUTED, _DARK_CARD, 0.14)),
            "accent": _accented(theme),
        },
    )


def colors_of(theme: Theme) -> tuple[str, ...]:
    """What its palette is made of."""
    return tuple(getattr(theme, name) for name in _COLORS)


def palette_of(theme: Theme) -> Palette:
    """The colours of a theme; the same object for the same colours."""
    return palette_from(colors_of(theme))
