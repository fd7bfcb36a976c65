"""Work that was put off until after the next painting may find its screen gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.screen import Screen


def in_sight(screen: Screen[Any]) -> bool:
    """Whether the screen still stands in the present stack; its widgets can then be asked for."""
    return screen.is_attached and screen in screen.app.screen_stack


def stands(screen: Screen[Any]) -> bool:
    """Whether the screen is in any stack: in sight, or again once somebody goes to that place."""
    stacks = screen.app._screen_stacks.values()  # noqa: SLF001  # Textual tells of the present one only
    return screen.is_attached and any(screen in stack for stack in stacks)
