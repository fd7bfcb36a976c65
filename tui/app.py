"""The Textual app: modes, theme, keys and the services it was given. Nothing else lives here.

Only Textual and light modules are imported: the first screen is painted from this computer before models,
database layer or network are loaded.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand

from tui import crash, goto
from tui.commands import Commanded, bindings
from tui.keymap import KeyChoice
from tui.palette import entries
from tui.places import MODES, open_sync
from tui.screens.place import Place
from tui.theme import DARK, LIGHT, THEMES
from tui.undo import UndoShelf

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from textual.binding import BindingType
    from textual.screen import Screen

    from tui.services import Services


class HandbillApp(Commanded, App[None]):
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
    ) -> None:
        super().__init__()
        self.services = services
        self.keys = keys or KeyChoice()
        self.undo_shelf = UndoShelf(services.clock)
        self._state_folder = state_folder
        self._after_paint = after_paint
        for own in THEMES:
            self.register_theme(own)
        self.theme = theme
        for name, factory in MODES.items():
            self.add_mode(name, lambda factory=factory: factory(services))  # type: ignore[misc]
        self.set_keymap(self.keys.for_textual())

    def on_ready(self) -> None:
        self.call_after_refresh(self._painted)

    async def _painted(self) -> None:
        gc.freeze()
        gc.enable()
        if self._after_paint:
            await self._after_paint(self)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette shows the registry."""
        yield from entries(self, screen)

    @property
    def place(self) -> Place | None:
        """The place in sight, a question in front of it not counted."""
        places = [screen for screen in self.screen_stack if isinstance(screen, Place)]
        return places[-1] if places else None

    async def go(self, target: goto.Target) -> None:
        """Show a place as asked for; what lay on top of it is left, and saved."""
        if target.place in MODES:
            await self._leave()
            await self.switch_mode(target.place)
            await self._to_root()
            if self.place:
                self.place.apply_goto(target.filters, target.words)
        else:
            await self.run_action(f"command('app.{target.place}')")

    async def _leave(self) -> None:
        if self.place:
            await self.place.flush()

    async def _to_root(self) -> None:
        while len(self.screen_stack) > 1:
            await self._leave()
            _ = self.pop_screen()

    async def do_back(self) -> None:
        if len(self.screen_stack) > 1:
            await self._leave()
            _ = self.pop_screen()

    async def do_goto(self) -> None:
        from tui.screens.goto_prompt import GotoPrompt  # not before it is needed

        async def answered(target: goto.Target | None) -> None:
            if target:
                await self.go(target)

        await self.push_screen(GotoPrompt(), answered)

    async def do_help(self) -> None:
        from tui.screens.help import HelpScreen

        await self.push_screen(HelpScreen(self.place.SCOPE if self.place else "app", self.keys))

    def do_palette(self) -> None:
        self.action_command_palette()

    async def do_undo(self) -> None:
        deletion = self.undo_shelf.take()
        if deletion is None:
            self.say("There is nothing to bring back: deletions can be undone for 10 seconds.")
            return
        await deletion.restore()
        self.say(f"“{deletion.name}” is back.")

    async def do_campaigns(self) -> None:
        await self.go(goto.Target("campaigns"))

    async def do_segments(self) -> None:
        await self.go(goto.Target("segments"))

    async def do_contacts(self) -> None:
        await self.go(goto.Target("contacts"))

    async def do_sequences(self) -> None:
        await self.go(goto.Target("sequences"))

    async def do_outbox(self) -> None:
        await self.go(goto.Target("outbox"))

    async def do_mailbox(self) -> None:
        await self.go(goto.Target("mailbox"))

    async def do_sync(self) -> None:
        await open_sync(self)

    def do_sync_now(self) -> None:
        self.services.sync.now()

    def do_theme(self) -> None:
        self.theme = LIGHT if self.theme == DARK else DARK

    async def do_quit(self) -> None:
        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, Place):
                    await screen.flush()
        self.exit()

    async def action_quit(self) -> None:
        """Textual's own way out goes through ours."""
        await self.do_quit()

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = crash.EXIT_CODE
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        path = crash.write_report(error, self._state_folder) if self._state_folder else None
        self.panic(crash.panel(path))


def run(
    services_factory: Callable[[], Services],
    *,
    keys: KeyChoice | None = None,
    theme: str = DARK,
    state_folder: Path | None = None,
    after_paint: Callable[[HandbillApp], Awaitable[None]] | None = None,
) -> int:
    """Open the app and return the exit code. `services_factory` must be cheap: it delays the first paint.

    `after_paint` runs on the event loop once the first screen is visible: start heavy imports (in a thread)
    and the sync engine there. The collector is off until then.
    """
    gc.disable()
    app = HandbillApp(
        services_factory(), keys=keys, theme=theme, state_folder=state_folder, after_paint=after_paint
    )
    app.run()
    return app.return_code or 0
