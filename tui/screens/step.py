"""The mail of one step, in the same editor as a campaign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui.commands import bindings
from tui.editing.delays import parse_delay, say_day, say_delay
from tui.editing.steps import step_at, steps_of, totals, with_step
from tui.screens.delay_dialog import ask_delay
from tui.screens.replace_commands import ReplaceCommands
from tui.text import count_words, plain
from tui.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.editing.session import DraftSession
    from tui.services import Services

Json = dict[str, Any]


class StepScreen(ReplaceCommands):
    """Shares the sequence's session: undo covers the whole sequence."""

    SCOPE = "step"
    BINDINGS: ClassVar[list[BindingType]] = bindings("step")

    def __init__(self, services: Services, session: DraftSession, step_id: str) -> None:
        super().__init__(services, session)
        self.step_id = step_id

    @property
    def step(self) -> Json | None:
        """The step; None once somebody took it out."""
        return step_at(self.session.content, self.step_id)

    @property
    def crumb(self) -> str:
        order = [step["id"] for step in steps_of(self.session.content)]
        number = order.index(self.step_id) + 1 if self.step_id in order else "?"
        return f"Step {number}"

    def document_in(self, content: Json) -> Json:
        step = step_at(content, self.step_id)
        document: Json = (step or {}).get("contentJson") or {"version": 1, "blocks": []}
        return document

    def with_document(self, content: Json, document: Json) -> Json:
        return with_step(content, self.step_id, {"contentJson": document})

    def head(self) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Static("Goes out", classes="label", markup=False)
            yield Words(id="to", fixed=True)
            yield Words(id="checks")

    async def show_all(self, *, focus: str = "", keep: bool = False) -> None:
        await super().show_all(focus=focus, keep=keep)
        if self.step is None:
            self.say("This step is no longer there.")
            self.finish()
            return
        steps = steps_of(self.session.content)
        at = steps.index(self.step)
        wait = say_delay(float(self.step.get("delayHours") or 0))
        after = "entering" if at == 0 else f"step {at}"
        words = f"{wait}, {say_day(totals(steps)[at])}" if wait == "at once" else f"{wait} after {after}"
        day = plain(f" · {say_day(totals(steps)[at])}", "$quiet")
        self.query_one("#to", Words).say(plain(words) + day)

    def show_findings(self) -> None:
        super().show_findings()
        errors = sum(finding.level == "error" for finding in self.findings)
        words = f"{count_words(errors, 'error')}  F7" if errors else "✓ nothing to fix"
        self.query_one("#checks", Words).say(Content.styled(words, "$error" if errors else "$success"))

    def first_hints(self) -> tuple[str, ...]:
        return ("delay",)

    def why_not(self, verb: str) -> str | None:
        return (self.session.read_only if verb == "delay" else None) or super().why_not(verb)

    async def do_delay(self) -> None:
        async def answered(text: str | None) -> None:
            if text is not None:
                hours = parse_delay(text)
                await self.session.edit(
                    lambda content: with_step(content, self.step_id, {"delayHours": hours})
                )
                await self.show_all()

        if self.step is not None:
            await self.app.push_screen(ask_delay(float(self.step.get("delayHours") or 0)), answered)
