"""Where two people's texts become one: each question with what both wrote and what it grew from.

Nothing is decided by opening it, and leaving it loses nothing. What was merged without asking is listed
below the questions, and each of it can be taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Static

from localstore.records import DocKind
from sync.errors import ServiceError
from sync.merge_spots import Choice, Own
from tui.commands import bindings
from tui.readable import compared, lines_of
from tui.screens.edit_text import EditText
from tui.screens.place import Place
from tui.settling import Settling
from tui.spot_words import highlighted, value_words, where
from tui.text import count_words, plain, plain_lines
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList
from tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from localstore.records import Dispute
    from sync.merge_spots import Decision, Spot
    from tui.services import Services

_SAID = {Choice.MINE: "mine", Choice.THEIRS: "theirs", Choice.BOTH: "both", Choice.BASE: "as before"}
_SIDES = ("mine", "base", "theirs")


class ConflictScreen(Place):
    """For one document whose three texts are known."""

    SCOPE = "conflict"
    BINDINGS: ClassVar[list[BindingType]] = bindings("conflict")
    CSS_PATH = "conflict.tcss"

    def __init__(self, services: Services, kind: DocKind, document_id: str, seen: Dispute) -> None:
        super().__init__(services)
        self._kind, self._document_id = kind, document_id
        self._settling = Settling(kind, seen)

    @property
    def crumb(self) -> str:
        return f"Settle {self._settling.mine.get('name') or 'Untitled'}"

    @property
    def document(self) -> tuple[DocKind, str]:
        return self._kind, self._document_id

    def body(self) -> ComposeResult:
        yield Static("", id="about", markup=False)
        yield PagedList((Column("Where", 20, grow=3), Column("Decision", 12, grow=1)))
        with Container(id="sides"):
            for side, title in zip(_SIDES, ("Mine", "Before", "Theirs"), strict=True):
                with Vertical(classes="side"):
                    yield Static(title, classes="quiet", markup=False)
                    with VerticalScroll(can_focus=False):
                        yield Static("", id=side, markup=False)
        with Vertical(id="outcome"):
            yield Static("What it becomes", classes="quiet", markup=False)
            yield TextPane(id="result")

    def changed(self) -> None:
        """Either side may have moved on: decisions that still fit are kept."""
        if not self.is_mounted:
            return
        seen = self.services.drafts.dispute(self._kind, self._document_id)
        old = self._settling.seen
        if seen is not None and None not in (seen.base, seen.mine, seen.theirs) and seen != old:
            self._settling = self._settling.renewed(seen)
        self._show()

    @property
    def _spots(self) -> list[Spot]:
        return [*self._settling.questions, *self._settling.changes]

    @property
    def _current(self) -> Spot | None:
        row = self.query_one(PagedList).row
        return self._spots[int(row.key)] if row else None

    def _show(self) -> None:
        settling = self._settling
        asked, merged = len(settling.questions), len(settling.changes)
        about = f"{count_words(asked, 'question')}, {settling.open_questions} open. "
        about += f"{count_words(merged, 'change')} merged without asking." if merged else ""
        self.query_one("#about", Static).update(plain(about))
        rows = [self._row(n, spot) for n, spot in enumerate(self._spots)]
        self.query_one(PagedList).show_rows(rows)
        self._show_sides()
        now, segments = self.services.clock.now(), self._segments
        mine = lines_of(settling.mine, segments, now)
        self.query_one("#result", TextPane).show(compared(lines_of(settling.result, segments, now), mine))
        self.show_hints()

    def _row(self, number: int, spot: Spot) -> Row:
        settling = self._settling
        place = where(spot, settling.mine, settling.theirs, settling.base)
        decision = settling.decisions.get(spot.path)
        question = number < len(settling.questions)
        said = _words(decision) or ("?" if question else _merged_words(spot))
        tone = "quiet" if not question else "good" if decision else "bad"
        return Row(
            str(number),
            (place if question else f"  {place}", said),
            {0: "" if question else "quiet", 1: tone},
        )

    @property
    def _segments(self) -> dict[str, str]:
        return {s.id: s.name for s in self.services.drafts.list(DocKind.SEGMENT)}

    def _show_sides(self) -> None:
        spot = self._current
        settling, now = self._settling, self.services.clock.now()
        for side in _SIDES:
            words = before = ""
            if spot is not None:
                value = getattr(spot, side)
                words = value_words(spot, value, self._segments, now, getattr(settling, side))
                before = value_words(spot, spot.base, self._segments, now, settling.base)
            shown = plain_lines(words) if side == "base" else highlighted(words, before)
            self.query_one(f"#{side}", Static).update(shown)

    def on_paged_list_moved(self) -> None:
        self._show_sides()
        self.show_hints()

    def why_not(self, verb: str) -> str | None:
        spot = self._current
        if verb in ("mine", "theirs", "both", "base", "edit") and spot is None:
            return "There is nothing to decide on this line."
        if verb == "both" and spot is not None and not spot.both_possible:
            return "The two cannot stand side by side here: choose one, or keep a copy (B)."
        if verb == "edit" and spot is not None and not isinstance(spot.mine, str):
            return "Only a text can be written here: choose mine or theirs."
        if verb == "accept" and (number := self._settling.open_questions):
            return f"{count_words(number, 'question')} still open: m takes mine, t theirs, M and T all."
        return None

    def _decide(self, decision: Decision) -> None:
        if (spot := self._current) is not None:
            self._decide_on(spot, decision)

    def _decide_on(self, spot: Spot, decision: Decision) -> None:
        self._settling.decide({spot.path: decision})
        rows = self.query_one(PagedList)
        if rows.cursor + 1 < len(self._settling.questions):
            rows.cursor += 1
        self._show()

    def do_mine(self) -> None:
        self._decide(Choice.MINE)

    def do_theirs(self) -> None:
        self._decide(Choice.THEIRS)

    def do_both(self) -> None:
        self._decide(Choice.BOTH)

    def do_base(self) -> None:
        self._decide(Choice.BASE)

    async def do_edit(self) -> None:
        spot = self._current
        assert spot is not None
        decided = self._settling.decisions.get(spot.path)
        start = decided.value if isinstance(decided, Own) else f"{spot.mine}"

        def written(text: str | None) -> None:
            if text is not None and spot.path in [known.path for known in self._spots]:
                self._decide_on(spot, Own(text))
            elif text is not None:
                self.say("This question is no longer asked: the texts moved on.", severity="warning")

        await self.app.push_screen(EditText("What it shall say", start, str(spot.theirs or "")), written)

    def do_undo(self) -> None:
        if self._settling.undo():
            self._show()
        else:
            self.say("Nothing was decided yet.")

    def do_all_mine(self) -> None:
        self._settling.decide_all(Choice.MINE)
        self._show()

    def do_all_theirs(self) -> None:
        self._settling.decide_all(Choice.THEIRS)
        self._show()

    async def do_copy(self) -> None:
        await self.services.drafts.settle(self._kind, self._document_id, "both")
        self.say("Theirs is here, and yours is a copy of its own.")
        await self.app.run_action("command('app.back')")

    def do_result(self) -> None:
        self.toggle_class("-outcome")

    async def do_accept(self) -> None:
        try:
            await self.services.drafts.accept(
                self._kind, self._document_id, self._settling.result, self._settling.seen
            )
        except ServiceError:
            self.changed()
            raise
        self.say("Settled. Both texts are in the history.")
        await self.app.run_action("command('app.back')")


def _words(decision: Decision | None) -> str:
    return "your own words" if isinstance(decision, Own) else _SAID[decision] if decision else ""


def _merged_words(spot: Spot) -> str:
    if spot.kind == "text" and spot.base not in (spot.mine, spot.theirs):
        return "both, merged"
    side = "theirs" if spot.mine == spot.base else "mine"
    verb = {"new": "added", "deleted": "deleted", "order": "moved"}.get(spot.kind, "changed")
    return f"{side}, {verb}"
