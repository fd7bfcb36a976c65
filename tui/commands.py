"""The one registry of commands.

Bindings, palette, hint line, help screen, keymap and the documentation's key table are all made from it, so
they cannot disagree. A command that cannot run says why instead of hiding.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from sync.errors import ServiceError
from tui.command import Command
from tui.command_editors import EDITORS
from tui.command_places import PLACES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

COMMANDS: dict[str, Command] = {command.id: command for command in (*PLACES, *EDITORS)}

_PRIORITY = {"app.quit", "app.palette"}
_SPOKEN = {
    "question_mark": "?",
    "colon": ":",
    "minus": "-",
    "slash": "/",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "ctrl+@": "ctrl+space",
    "plus": "+",
    "full_stop": ".",
    "comma": ",",
}


def in_scope(scope: str) -> tuple[Command, ...]:
    """The commands of a scope, in the order in which they are shown."""
    return tuple(command for command in COMMANDS.values() if command.scope == scope)


def bindings(scope: str) -> list[BindingType]:
    """What a class of that scope puts into `BINDINGS`; it must be `Commanded`."""
    return [
        Binding(
            ",".join(command.keys),
            f"command('{command.id}')",
            command.title,
            show=False,
            id=command.id,
            tooltip=command.help,
            priority=command.id in _PRIORITY,
        )
        for command in in_scope(scope)
        if command.keys
    ]


def say_key(key: str) -> str:
    """A key as people say it: `question_mark` is `?`."""
    return _SPOKEN.get(key, key)


def key_table(commands: Iterable[Command], keymap: dict[str, tuple[str, ...]]) -> list[tuple[str, str, str]]:
    """(keys, title, help) of each, for the help screen and the documentation."""
    return [(" ".join(say_key(key) for key in keymap.get(c.id, c.keys)), c.title, c.help) for c in commands]


class Commanded:
    """Mixin for the app, screens and widgets whose bindings come from the registry.

    `do_<verb>` methods run the commands. A `ServiceError` becomes a sentence, never a traceback.
    """

    def why_not(self, verb: str) -> str | None:  # noqa: ARG002  # places override it
        """Why `verb` cannot be done right now; None if it can."""
        return None

    def say(self, sentence: str, *, severity: str = "information") -> None:
        """Show a sentence to the person, never as markup."""
        self.notify(sentence, severity=severity, markup=False)  # type: ignore[attr-defined]

    async def attempt(self, deed: Callable[[], Awaitable[None] | None]) -> None:
        """Do it; a `ServiceError` is shown as its sentence."""
        try:
            done = deed()
            if inspect.isawaitable(done):
                await done
        except ServiceError as error:
            self.say(str(error), severity="error")

    async def action_command(self, command_id: str) -> None:
        """Run a command of the registry here, or say why not."""
        command = COMMANDS[command_id]
        reason = command.enabled_when(self)
        if reason is None:
            await self.attempt(getattr(self, f"do_{command.verb}"))
        else:
            self.say(reason, severity="warning")
