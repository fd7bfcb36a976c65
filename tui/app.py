"""The Textual app: modes, theme, keys and the services it was given. Nothing else lives here.

Only Textual and light modules are imported: the first screen is painted from this computer before models,
database layer or network are loaded.
"""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual._context import active_message_pump

from tui import crash
from tui.app_commands import AppCommands
from tui.commands import bindings
from tui.key_order import OneKeyAtATime
from tui.keymap import KeyChoice
from tui.lasting_output import lasting
from tui.palette import entries
from tui.places import MODES
from tui.screens.in_sight import answer_for, too_late
from tui.theme import DARK, OTHER_THEMES, THEMES
from tui.undo import UndoShelf

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from textual.app import SystemCommand
    from textual.binding import BindingType
    from textual.driver import Driver
    from textual.screen import Screen

    from tui.services import Services


class HandbillApp(OneKeyAtATime, AppCommands):
    """`state_folder` takes crash reports; without one none are written."""

    TITLE = "Handbill"
    DEFAULT_MODE = "campaigns"
    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = True
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (90, "-normal"), (140, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = bindings("app")

    def __init__(
        self,
        services: Services,
        *,
        keys: KeyChoice | None = None,
        theme: str = DARK,
        state_folder: Path | None = None,
        after_paint: Callable[[HandbillApp], Awaitable[None]] | None = None,
        before_exit: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self.services = services
        self.keys = keys or KeyChoice()
        self.undo_shelf = UndoShelf(services.clock)
        self._state_folder = state_folder
        self._after_paint = after_paint
        self.before_exit = before_exit
        for own in THEMES:
            self.register_theme(own)
        self.theme = theme
        for name, factory in MODES.items():
            self.add_mode(name, lambda factory=factory: factory(services))  # type: ignore[misc]
        self.set_keymap(self.keys.for_textual())

    def on_load(self) -> None:
        # From Python 3.12 Textual starts tasks eagerly; the first screen's fields then look for their screen
        # before it is on the stack of its mode, and the program ends before it was seen.
        asyncio.get_running_loop().set_task_factory(None)

    def on_ready(self) -> None:
        self.call_after_refresh(self._painted)

    async def _painted(self) -> None:
        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        if self._after_paint:
            await self._after_paint(self)

    def get_driver_class(self) -> type[Driver]:
        return lasting(super().get_driver_class())

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return OTHER_THEMES

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette shows the registry."""
        yield from entries(self, screen)

    def push_screen(self, screen: Any, callback: Any = None, *positional: Any, **named: Any) -> Any:
        """What is done with an answer may wait for the disk, and the screen that asked be left meanwhile."""
        heard = answer_for(self.screen, callback) if callback else None
        return super().push_screen(screen, heard, *positional, **named)

    def _handle_exception(self, error: Exception) -> None:
        if too_late(error, active_message_pump.get(None)):
            return
        self._return_code = crash.EXIT_CODE
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.panic(crash.panel(self._report(error)))

    def survive(self, error: Exception) -> None:
        """Tell of a mistake of ours that does not end the program, and keep a report of it."""
        path = self._report(error)
        where = f" A report without any of your text is in {path}." if path else ""
        self.say(f"Handbill made a mistake of its own. Nothing is lost, and it tries again.{where}")

    def _report(self, error: Exception) -> Path | None:
        return crash.write_report(error, self._state_folder) if self._state_folder else None


def run(
    services_factory: Callable[[], Services],
    *,
    keys: KeyChoice | None = None,
    theme: str = DARK,
    state_folder: Path | None = None,
    after_paint: Callable[[HandbillApp], Awaitable[None]] | None = None,
    before_exit: Callable[[], Awaitable[None]] | None = None,
) -> int:
    """Open the app and return the exit code. `services_factory` must be cheap: it delays the first paint.

    `after_paint` runs on the event loop once the first screen is visible: start heavy imports (in a thread)
    and the sync engine there. The collector is off until then. `before_exit` runs on the loop when everything
    is stored, before the app ends.
    """
    gc.disable()
    app = HandbillApp(
        services_factory(),
        keys=keys,
        theme=theme,
        state_folder=state_folder,
        after_paint=after_paint,
        before_exit=before_exit,
    )
    app.run()
    return app.return_code or 0
