"""The command palette's entries: the commands of the place in sight first, then those of everywhere."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.command import CommandList, CommandPalette

from tui.commands import Commanded, in_scope, say_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import App
    from textual.screen import Screen

    from tui.command import Command


class Palette(CommandPalette):
    """A list that is not painted yet, or has no room, has no pages to turn: Textual's own ends there."""

    def _action_command_list(self, action: str) -> None:
        if self.query_one(CommandList).scrollable_content_region or not action.startswith("page"):
            super()._action_command_list(action)


def _entry(app: App[None], owner: Commanded, command: Command) -> SystemCommand:
    keys = app.keys.of(command.id)  # type: ignore[attr-defined]
    reason = command.enabled_when(owner)
    spoken = f"{say_key(keys[0])} · " if keys else ""
    about = f"{spoken}{command.help}" if reason is None else f"Not now: {reason}"
    return SystemCommand(command.title, about, partial(owner.action_command, command.id))


def entries(app: App[None], screen: Screen[object]) -> Iterator[SystemCommand]:
    """One entry a command; one that cannot run says why."""
    if isinstance(screen, Commanded):
        for command in in_scope(getattr(screen, "SCOPE", "")):
            yield _entry(app, screen, command)
    for command in in_scope("app"):
        if isinstance(app, Commanded) and command.verb != "palette":
            yield _entry(app, app, command)
