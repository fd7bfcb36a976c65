"""What publishing would do to people, before it does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.screens.dialogs import Confirm
from tui.setting_words import BY_ID
from tui.text import count_words, plain

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from contract.sequences import Plan


def _settings_words(changed: list[str]) -> str:
    nouns = ", ".join(BY_ID[id].noun for id in changed if id in BY_ID)
    return f"{'settings' if len(changed) != 1 else 'setting'} changed: {nouns}"


def plan_lines(plan: Plan) -> list[tuple[int, str]]:
    """(count, words) for each thing that happens; nothing is said about what does not."""
    lines = [
        (plan.will_enrol, "enter it now, because they are in the segment"),
        (plan.active, "are in it already and go on where they are"),
        (plan.will_exit, "leave it: goal reached, or out of the segment"),
        (plan.due_now, "get a mail at once, because their delay is over"),
        (plan.due_in_window, "are due too, but wait for the hours set"),
        (plan.steps_added, "steps are new" if plan.steps_added != 1 else "step is new"),
        (plan.steps_removed, "removed: people on it go on to the next step"),
        (plan.steps_changed, "steps are changed" if plan.steps_changed != 1 else "step is changed"),
        (len(plan.settings_changed), _settings_words(plan.settings_changed)),
    ]
    return [(count, words) for count, words in lines if count]


class PlanDialog(Confirm):
    """`drifted` says that this is a newer plan than the one that was accepted."""

    DEFAULT_CSS = Confirm.DEFAULT_CSS.replace("Confirm", "PlanDialog")

    def __init__(self, name: str, plan: Plan, *, drifted: bool, running: bool) -> None:
        people = count_words(plan.will_enrol, "person", "people")
        deed = "Publish" if running else f"Activate for {people}"
        super().__init__(f"{'Publish' if running else 'Activate'} “{name}”?", "", deed)
        self._plan, self._drifted = plan, drifted

    def compose(self) -> ComposeResult:
        yield from super().compose()

    def on_mount(self) -> None:
        lines = [
            Content.styled(f"{count:>9,}  ", "bold $accent") + plain(words)
            for count, words in plan_lines(self._plan)
        ]
        if self._plan.moved:
            lines.append(plain("Steps changed their order: everyone finishes what they entered."))
        if not lines:
            lines.append(plain("Nothing changes for anyone.", "$quiet"))
        if self._drifted:
            words = "The numbers moved since you looked. This is the plan as it is now:"
            lines = [plain(words, "$warning"), Content(""), *lines]
        self.query_one("#words", Static).update(Content("\n").join(lines))
