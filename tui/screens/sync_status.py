"""`:sync`: where each document stands between this computer and the server, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.widgets import Static

from localstore.records import DocKind, DocSummary
from tui.commands import bindings
from tui.moments import say_span
from tui.places import open_history, open_hold
from tui.screens.dialogs import Confirm
from tui.screens.place import Place
from tui.status_words import document_state
from tui.text import count_words, plain_lines
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from localstore.records import DocState
    from tui.services import Services

LONGEST_PAUSE = 60.0
"""No pause is longer, whatever a wrong clock made of its end."""


def why(state: DocState, now: float) -> str:
    """What a document waits for, in words."""
    if state.detail:
        return state.detail
    if state.last_error:
        rest = max(0.0, min(state.next_attempt_at - now, LONGEST_PAUSE))
        again = f", again in {say_span(rest)}" if rest >= 1 else ""
        return f"{state.last_error} (tried {count_words(state.attempts, 'time')}{again})"
    return ""


def age(state: DocState, now: float) -> str:
    """For how long something has been waiting here."""
    waits = state.dirty or state.hold is not None
    return say_span(max(0.0, now - state.waiting_since)) if waits and state.waiting_since else ""


def _urgency(summary: DocSummary) -> int:
    state = summary.state
    return 0 if state.asks else 1 if state.last_error else 2 if state.dirty else 3


class SyncStatusScreen(Place):
    """What needs a person comes first."""

    SCOPE = "sync"
    BINDINGS: ClassVar[list[BindingType]] = bindings("sync")
    COLUMNS = (
        Column("Document", 16, grow=1),
        Column("Kind", 8),
        Column("State", 19),
        Column("Since", 10, from_width=80),
        Column("Why", 12, grow=3, from_width=70),
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._shown: list[DocSummary] = []

    @property
    def crumb(self) -> str:
        return "Sync status"

    def body(self) -> ComposeResult:
        yield Static("", id="about", markup=False)
        yield PagedList(self.COLUMNS)
        yield Static("", classes="empty", markup=False)

    def changed(self) -> None:
        everything = [s for kind in DocKind for s in self.services.drafts.list(kind)]
        self._shown = sorted(everything, key=lambda s: (_urgency(s), s.kind, s.name))
        rows = self.query_one(PagedList)
        rows.show_rows([self._row(summary) for summary in self._shown])
        self.show_list(rows, "" if self._shown else "There are no documents on this computer yet.")
        waiting = sum(s.state.dirty for s in self._shown)
        said = f"{self.services.sync.who} · {self.services.sync.badge().text} · "
        rest = f"{count_words(waiting, 'document')} not at the server yet" if waiting else "nothing waits"
        about = f"  {said}{rest}{self._members()}{self._question()}"
        self.query_one("#about", Static).update(plain_lines(about))
        self.show_hints()

    def _row(self, summary: DocSummary) -> Row:
        state = document_state(summary.state)
        now = self.services.clock.now().timestamp()
        reason, since = why(summary.state, now), age(summary.state, now)
        cells = (summary.name, str(summary.kind), state.text, since, reason)
        return Row(summary.id, cells, {1: "quiet", 2: state.tone, 3: "quiet", 4: "quiet"}, data=summary)

    def _question(self) -> str:
        """The question whether so many deletions are meant."""
        asked = self.services.sync.mass_deletion()
        if asked is None:
            return ""
        return (
            f"\n  {asked.doomed} of {asked.total} documents were deleted on the server, and none here yet."
            "\n  Y lets them go, K keeps them."
        )

    def _members(self) -> str:
        """Members decided by hand that the server does not know yet."""
        waiting = self.services.sync.member_changes()
        number = sum(count for _, count, _ in waiting)
        refused = next((why for _, _, why in waiting if why), "")
        words = f"\n  {count_words(number, 'member change')} not at the server yet" if number else ""
        return f"{words}: {refused}" if refused else words

    @property
    def current(self) -> DocSummary | None:
        """The document under the cursor."""
        row = self.query_one(PagedList).row
        return row.data if row else None

    def why_not(self, verb: str) -> str | None:
        if verb in ("allow", "keep") and self.services.sync.mass_deletion() is None:
            return "No deletion waits for your word."
        if verb == "history" and self.current is None:
            return "There is no document on this line."
        if verb == "open" and (self.current is None or self.current.state.hold is None):
            return "Nothing about this one waits for your decision."
        return None

    def on_paged_list_moved(self) -> None:
        self.show_hints()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("sync.open")

    async def do_open(self) -> None:
        if self.current:
            await open_hold(self.app, self.services, self.current.kind, self.current.id)

    async def do_history(self) -> None:
        if self.current:
            await open_history(self.app, self.services, self.current.kind, self.current.id)

    async def do_allow(self) -> None:
        async def answered(yes: bool | None) -> None:
            if yes:
                await self.attempt(lambda: self.services.sync.answer_deletion("allow"))

        words = "They stay in the history for 30 days."
        await self.app.push_screen(Confirm("Delete them here too?", words, "Delete"), answered)

    async def do_keep(self) -> None:
        await self.services.sync.answer_deletion("keep")
        self.say("They stay. Each waits for your decision.")

    async def do_signin(self) -> None:
        await self.app.run_action("command('app.signin')")

    async def do_signout(self) -> None:
        await self.app.run_action("command('app.signout')")

    def do_now(self) -> None:
        self.services.sync.now()
        self.say("Asked the server.")
