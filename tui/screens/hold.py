"""Where a person ends a hold: both texts side by side, and three ways out. Nothing is lost by any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container, Vertical
from textual.widgets import Static

from localstore.records import DocKind, Hold
from tui.commands import bindings
from tui.readable import compared, lines_of
from tui.screens.dialogs import Confirm
from tui.screens.place import Place
from tui.text import plain
from tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from localstore.records import Draft, Json
    from tui.services import Services

_ABOUT = {
    Hold.CONFLICT: "You and somebody else changed the same thing. Marked lines differ.",
    Hold.REJECTED: "The server does not take it as it is. Change it, or try again.",
    Hold.FORBIDDEN: "Your role does not allow this change.",
    Hold.GONE: "Somebody deleted this while you changed it.",
    Hold.LOCKED: "It left the hands of its writers while you changed it. Keep both makes yours a copy.",
    Hold.REWOUND: "The server was restored to an older state. Yours is newer: nothing was overwritten.",
    Hold.NEEDS_PARENT: "It waits until the segment it refers to is at the server. There is nothing to do.",
}
_CONFLICT = {
    "mine": (
        "Keep mine?",
        "Your text goes to the server, over theirs. Theirs stays in the history.",
        "Keep mine",
    ),
    "theirs": ("Take theirs?", "Their text comes here. Yours stays in the history.", "Take theirs"),
}
_REFUSED = {
    "mine": ("Try again?", "Your text goes to the server once more.", "Try again"),
    "theirs": ("Go back?", "The server's last text comes here. Yours stays in the history.", "Go back"),
}
_REWOUND = {
    "mine": ("Bring yours back?", "Your newer text goes to the server again.", "Bring back"),
    "theirs": ("Take the older one?", "The server's text comes here. Yours stays in the history.", "Take it"),
}
_GONE = {
    "mine": ("Keep mine?", "Your text becomes a new document.", "Keep mine"),
    "theirs": ("Delete it here too?", "Your text stays in the history.", "Delete"),
}


class HoldScreen(Place):
    """For one document."""

    SCOPE = "hold"
    FOCUS = "#mine"
    BINDINGS: ClassVar[list[BindingType]] = bindings("hold")
    CSS_PATH = "hold.tcss"

    def __init__(self, services: Services, kind: DocKind, document_id: str) -> None:
        super().__init__(services)
        self._kind, self._document_id = kind, document_id

    @property
    def crumb(self) -> str:
        draft = self._draft
        return f"Settle {draft.content.get('name') or 'Untitled'}" if draft else "Settle"

    @property
    def document(self) -> tuple[DocKind, str]:
        return self._kind, self._document_id

    @property
    def _draft(self) -> Draft | None:
        return self.services.drafts.get(self._kind, self._document_id)

    @property
    def _theirs(self) -> Json | None:
        seen = self.services.drafts.dispute(self._kind, self._document_id)
        return seen.theirs if seen is not None else None

    def body(self) -> ComposeResult:
        yield Static("", id="about", markup=False)
        with Container(id="split"):
            with Vertical(id="mine-side"):
                yield Static("Mine, on this computer", classes="quiet", markup=False)
                yield TextPane(id="mine")
            with Vertical(id="theirs-side"):
                yield Static("Theirs, at the server", classes="quiet", markup=False)
                yield TextPane(id="theirs")

    def changed(self) -> None:
        draft = self._draft
        if draft is None or not self.is_mounted:
            return
        about = _ABOUT[draft.state.hold] if draft.state.hold else "This is settled."
        detail = f"\n{draft.state.detail}" if draft.state.detail else ""
        self.query_one("#about", Static).update(plain(about) + "\n" + plain(detail.strip()))
        theirs = self._theirs
        segments = {s.id: s.name for s in self.services.drafts.list(DocKind.SEGMENT)}
        now = self.services.clock.now()
        mine = lines_of(draft.content, segments, now)
        other = lines_of(theirs, segments, now) if theirs else []
        self.query_one("#mine", TextPane).show(compared(mine, other if theirs else mine))
        self.query_one("#theirs", TextPane).show(compared(other, mine))
        self.query_one("#theirs-side").display = theirs is not None
        self.show_hints()

    def why_not(self, verb: str) -> str | None:
        draft = self._draft
        if draft is None or draft.state.hold in (None, Hold.NEEDS_PARENT):
            return "There is nothing to decide."
        if verb == "both" and self._theirs is None:
            return "There is no other text to keep."
        return None

    async def do_mine(self) -> None:
        await self._ask("mine")

    async def do_theirs(self) -> None:
        await self._ask("theirs")

    async def do_export(self) -> None:
        path = await self.services.drafts.export(self._kind, self._document_id)
        self.say(f"Exported to {path}.")

    async def do_both(self) -> None:
        await self._settle("both")

    @property
    def _deeds(self) -> dict[str, tuple[str, str, str]]:
        hold = self._draft.state.hold if self._draft else None
        if hold is Hold.GONE:
            return _GONE
        if hold is Hold.REWOUND:
            return _REWOUND
        return _CONFLICT if hold is Hold.CONFLICT else _REFUSED

    async def _ask(self, choice: str) -> None:
        async def answered(yes: bool | None) -> None:
            if yes:
                await self.attempt(lambda: self._settle(choice))

        await self.app.push_screen(Confirm(*self._deeds[choice]), answered)

    async def _settle(self, choice: str) -> None:
        await self.services.drafts.settle(self._kind, self._document_id, choice)
        self.say("Settled. Both texts are in the history.")
        await self.app.run_action("command('app.back')")
