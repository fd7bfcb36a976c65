"""Find and replace where a mail is written."""

from __future__ import annotations

from tui.editing.replacing import count, replaced
from tui.screens.outside_commands import OutsideCommands
from tui.screens.replace_dialog import ReplaceDialog
from tui.text import count_words


class ReplaceCommands(OutsideCommands):
    """All of it is one step of undo."""

    def why_not(self, verb: str) -> str | None:
        if verb == "replace" and (reason := self.session.read_only):
            return reason
        return super().why_not(verb)

    async def do_replace(self) -> None:
        await self.collect()

        async def chosen(pair: tuple[str, str] | None) -> None:
            if pair is None:
                return
            found = count(self.mail, pair[0])
            if replaced(self.mail, *pair) is None:
                self.say("A field would be too long, or empty where it cannot be. Nothing was replaced.")
                return
            await self.apply(lambda mail: replaced(mail, *pair) or mail, focus=self.current_id or "")
            self.say(f"Replaced in {count_words(found, 'place')}. u takes it back.")

        await self.app.push_screen(ReplaceDialog(self.mail), chosen)
