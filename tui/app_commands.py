"""What the commands of everywhere do: going places, going back, undoing, quitting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from tui import goto
from tui.commands import Commanded
from tui.leaving import store_all
from tui.palette import Palette
from tui.places import MODES, open_history, open_sign_in, open_sync
from tui.screens.place import Place
from tui.theme import DARK, LIGHT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.keymap import KeyChoice
    from tui.services import Services
    from tui.undo import UndoShelf


def _goer(place: str) -> Callable[[AppCommands], Awaitable[None]]:
    async def go(app: AppCommands) -> None:
        await app.go(goto.Target(place))

    return go


class AppCommands(Commanded, App[None]):
    """The `do_` methods of the scope `app`."""

    services: Services
    keys: KeyChoice
    undo_shelf: UndoShelf
    before_exit: Callable[[], Awaitable[None]] | None = None
    _ending = False

    @property
    def place(self) -> Place | None:
        """The place in sight, a question in front of it not counted."""
        places = [screen for screen in self.screen_stack if isinstance(screen, Place)]
        return places[-1] if places else None

    async def go(self, target: goto.Target) -> None:
        """Show a place as it was left; asked for again or with a filter, its first screen."""
        if target.place not in MODES:
            await self.run_action(f"command('app.{target.place}')")
            return
        again = target.place == self.current_mode
        await self.switch_mode(target.place)
        if again or target.filters or target.words:
            while len(self.screen_stack) > 1:
                if not await self._left():
                    return
            if self.place:
                self.place.apply_goto(target.filters, target.words)

    async def _left(self) -> bool:
        """Leave the screen in sight, unless what was typed in it cannot be stored."""
        leaving = self.screen
        trouble = await store_all([self.place] if self.place else [])
        trouble = trouble or (self.place.unsaved if self.place else None)
        if trouble:
            self.say(trouble, severity="error")
        elif isinstance(leaving, Place):
            leaving.finish()
        elif self.screen is leaving:
            _ = self.pop_screen()
        return trouble is None

    async def do_back(self) -> None:
        if len(self.screen_stack) == 1:
            return
        place = self.place
        if place is None or not (words := place.unsaved):
            await self._left()
            return
        from tui.screens.dialogs import Confirm

        def answered(yes: bool | None) -> None:
            if yes:
                place.finish()

        await self.push_screen(Confirm("Leave without saving?", words, "Leave"), answered)

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

    def action_command_palette(self) -> None:
        if not Palette.is_open(self):  # type: ignore[arg-type]
            _ = self.push_screen(Palette(id="--command-palette"))

    async def do_undo(self) -> None:
        deletion = self.undo_shelf.take()
        if deletion is None:
            self.say("There is nothing to bring back: deletions can be undone for 10 seconds.")
            return
        await deletion.restore()
        self.say(f"“{deletion.name}” is back.")

    do_campaigns = _goer("campaigns")
    do_segments = _goer("segments")
    do_contacts = _goer("contacts")
    do_sequences = _goer("sequences")
    do_outbox = _goer("outbox")
    do_mailbox = _goer("mailbox")
    do_accounts = _goer("accounts")
    do_suppressions = _goer("suppressions")
    do_rules = _goer("rules")

    async def do_sync(self) -> None:
        await open_sync(self)

    async def do_history(self) -> None:
        await open_history(self, self.services)

    async def do_signin(self) -> None:
        if self.services.sync.server:
            await open_sign_in(self, self.services)
        else:
            self.say("This workspace has its own backend: nobody needs to sign in.")

    async def do_signout(self) -> None:
        if not self.services.sync.server or not self.services.sync.who:
            self.say("Nobody is signed in here.")
            return
        from tui.signing_out import ask_how

        await ask_how(self)

    async def action_suspend_process(self) -> None:  # type: ignore[override]
        """Whatever waits is stored before the program is stopped."""
        await self.store_everything()
        super().action_suspend_process()

    def do_sync_now(self) -> None:
        self.services.sync.now()

    def do_theme(self) -> None:
        self.theme = LIGHT if self.theme == DARK else DARK

    async def store_everything(self) -> str | None:
        """Store whatever waits anywhere; the sentence of what could not be stored."""
        screens = [screen for stack in self._screen_stacks.values() for screen in stack]
        return await store_all([screen for screen in screens if isinstance(screen, Place)])

    async def end_now(self) -> None:
        """Store what can be stored and end without a question: for signals, when nobody may be there."""
        if self._ending:
            return
        self._ending = True
        try:
            await self.store_everything()
        finally:
            await self._end(True)

    async def do_quit(self) -> None:
        trouble = await self.store_everything() or self._unsaved()
        if trouble is None:
            await self._end(True)
            return
        from tui.screens.dialogs import Confirm

        words = f"{trouble}\n\nIf you quit now, what you typed last is lost."
        await self.push_screen(Confirm("Quit without storing it?", words, "Quit"), self._end)

    def _unsaved(self) -> str | None:
        screens = [screen for stack in self._screen_stacks.values() for screen in stack]
        return next((s.unsaved for s in screens if isinstance(s, Place) and s.unsaved), None)

    async def _end(self, yes: bool | None) -> None:
        if yes:
            try:
                if self.before_exit:
                    await self.before_exit()
            finally:
                self.exit()

    async def action_quit(self) -> None:
        """Textual's own way out goes through ours."""
        await self.do_quit()
