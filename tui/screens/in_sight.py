"""Work that was put off until after the next painting may find its screen gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual._callback import invoke
from textual.app import App
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.widget import MountError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.message_pump import MessagePump
    from textual.screen import Screen


def in_sight(screen: Screen[Any]) -> bool:
    """Whether the screen still stands in the present stack; its widgets can then be asked for."""
    return screen.is_attached and screen in screen.app.screen_stack


def stands(screen: Screen[Any]) -> bool:
    """Whether the screen is in any stack: in sight, or again once somebody goes to that place."""
    stacks = screen.app._screen_stacks.values()  # noqa: SLF001  # Textual tells of the present one only
    return screen.is_attached and any(screen in stack for stack in stacks)


def too_late(error: Exception, at_work: MessagePump | None) -> bool:
    """Whether nothing is wrong but that the screen was left while one of its handlers waited for something.

    Its widgets are gone before its handlers and workers have ended, so those find nothing to show it in.
    """
    if not isinstance(error, NoMatches | NoScreen | MountError):
        return False
    if not isinstance(at_work, DOMNode) or isinstance(at_work, App):
        return False
    try:
        return not (at_work.is_attached and stands(at_work.screen))
    except NoScreen:
        return True


def answer_for(asking: Screen[Any], callback: Callable[[Any], Any]) -> Callable[[Any], Awaitable[None]]:
    """A dialog's callback that may end after the screen that asked is gone."""

    async def heard(answer: Any) -> None:
        try:
            await invoke(callback, answer)
        except Exception as error:
            if not too_late(error, asking):
                raise

    return heard
