"""What can be done with a sequence: its steps, its segment, and its life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from localstore.records import DocKind
from sync.errors import RefusedError
from tui.editing.delays import parse_delay
from tui.editing.order import neighbour
from tui.editing.steps import copied, inserted, new_step, reordered, step_at, steps_of, with_step, without
from tui.places import open_versions
from tui.screens.delay_dialog import ask_delay
from tui.screens.dialogs import AskText
from tui.screens.document_list import check_name
from tui.screens.place import Place
from tui.screens.plan_dialog import PlanDialog
from tui.segment_words import why_unfinished
from tui.text import count_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract.sequences import Plan
    from tui.editing.history import Version
    from tui.editing.session import DraftSession
    from tui.editing.step_checks import StepChecks
    from tui.widgets.step_timeline import StepTimeline

Json = dict[str, Any]

_CHANGES = {"add", "delay", "down", "up", "duplicate", "delete", "undo", "redo", "rename", "segment"}
_NEEDS_STEP = {"edit", "delay", "down", "up", "duplicate", "delete"}
_NEXT_DELAY = 48.0
MOST_STEPS = 100


class SequenceCommands(Place):
    """The `do_` methods of the sequence editor."""

    session: DraftSession
    step_checks: StepChecks

    @property
    def timeline(self) -> StepTimeline:
        """The steps."""
        raise NotImplementedError

    def show_steps(self, focus: str | None = None) -> None:
        """The steps again, with the cursor on one of them."""
        raise NotImplementedError

    @property
    def _current(self) -> Json | None:
        return step_at(self.session.content, self.timeline.key)

    def why_not(self, verb: str) -> str | None:
        if verb in _CHANGES and (reason := self.session.read_only):
            return reason
        if verb in _NEEDS_STEP and self._current is None:
            return "There is no step yet. Press a to write the first mail."
        if verb in ("add", "duplicate") and len(steps_of(self.session.content)) >= MOST_STEPS:
            return f"A sequence takes {MOST_STEPS} steps at most."
        if verb == "undo" and not self.session.history.can_undo:
            return "There is nothing to undo."
        if verb == "redo" and not self.session.history.can_redo:
            return "There is nothing to redo."
        return self._why_not_in_life(verb)

    def _why_not_in_life(self, verb: str) -> str | None:
        status = self.session.status
        if verb == "activate":
            return self._why_not_activate()
        if verb == "pause" and status != "ACTIVE":
            return "It is not running."
        if verb == "resume" and status != "PAUSED":
            return "It is not paused."
        if verb == "people" and status == "DRAFT":
            return "It was never activated, so nobody is in it."
        return None

    def _why_not_activate(self) -> str | None:
        steps = steps_of(self.session.content)
        if not steps:
            return "There is no step yet. Press a to write the first mail."
        segment = self.session.content.get("segmentId")
        if not segment:
            return "Choose a segment first (F5): without one nobody enters."
        if words := why_unfinished(self.services.drafts.get(DocKind.SEGMENT, segment)):
            return words
        for number, step in enumerate(steps, start=1):
            if errors := self.step_checks.errors(step):
                return f"Step {number} has {count_words(errors, 'error')}: open it and press F7."
        return None

    async def _edit(self, change: Callable[[Json], Json], focus: str | None) -> None:
        await self.session.edit(change, focus=focus or "")
        if self.session.not_saved:
            self.say(self.session.not_saved, severity="error")
        self.show_steps(focus)

    async def do_edit(self) -> None:
        from tui.screens.step import StepScreen

        if step := self._current:
            await self.app.push_screen(StepScreen(self.services, self.session, step["id"]))

    async def do_add(self) -> None:
        after = self.timeline.key
        step = new_step(_NEXT_DELAY if steps_of(self.session.content) else 0)
        await self._edit(lambda content: inserted(content, after, step), step["id"])

    async def do_duplicate(self) -> None:
        if current := self._current:
            step = copied(current)
            await self._edit(lambda content: inserted(content, current["id"], step), step["id"])

    async def do_delete(self) -> None:
        if current := self._current:
            id = current["id"]
            focus = neighbour(steps_of(self.session.content), {id})
            await self._edit(lambda content: without(content, id), focus)
            self.say("Deleted the step. u brings it back.")

    async def do_up(self) -> None:
        await self._move(-1)

    async def do_down(self) -> None:
        await self._move(1)

    async def _move(self, by: int) -> None:
        if current := self._current:
            id = current["id"]
            await self._edit(lambda content: reordered(content, id, by), id)

    async def do_delay(self) -> None:
        current = self._current
        if current is None:
            return
        id = current["id"]

        async def answered(text: str | None) -> None:
            if text is not None:
                hours = parse_delay(text)
                await self._edit(lambda content: with_step(content, id, {"delayHours": hours}), id)

        await self.app.push_screen(ask_delay(float(current.get("delayHours") or 0)), answered)

    async def do_undo(self) -> None:
        self._show_version(await self.session.undo())

    async def do_redo(self) -> None:
        self._show_version(await self.session.redo())

    def _show_version(self, version: Version | None) -> None:
        if version is not None:
            self.show_steps(version.focus)
            self.show_frame()

    async def do_versions(self) -> None:
        await self.flush()

        async def restored() -> None:
            self.show_steps(None)

        await open_versions(self.app, self.services, self.session, restored)

    async def do_rename(self) -> None:
        async def named(name: str | None) -> None:
            if name:
                await self._edit(lambda content: content | {"name": name}, None)
                self.show_frame()

        await self.app.push_screen(AskText("Rename", value=self.session.name, check=check_name), named)

    async def do_segment(self) -> None:
        from tui.screens.segment_picker import SegmentPicker

        async def chosen(segment: str | None) -> None:
            if segment:
                await self._edit(lambda content: content | {"segmentId": segment}, None)

        picker = SegmentPicker(self.services, self.session.content.get("segmentId"))
        await self.app.push_screen(picker, chosen)

    def do_preview(self) -> None:
        self.toggle_class("-previewing" if self.has_class("-narrow") else "-no-preview")

    async def do_activate(self) -> None:
        await self.flush()
        self.ask_server(lambda: self._plan(drifted=False))

    async def _plan(self, *, drifted: bool) -> None:
        plan = await self.services.sequences.plan(self.session.id)

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(lambda: self._activate(plan))

        running = self.session.status == "ACTIVE"
        dialog = PlanDialog(self.session.name, plan, drifted=drifted, running=running)
        await self.app.push_screen(dialog, answered)

    async def _activate(self, plan: Plan) -> None:
        try:
            sequence = await self.services.sequences.activate(self.session.id, plan.plan_hash)
        except RefusedError as error:
            if error.problem.code != "plan_drifted":
                raise
            await self._plan(drifted=True)
            return
        people = count_words(sequence.active_enrolments, "person is", "people are")
        self.say(f"It is running: {people} in it.")
        self._look_again()

    def do_pause(self) -> None:
        async def pause() -> None:
            await self.services.sequences.pause(self.session.id)
            self.say("Paused: everyone stays where they are, and nobody is mailed.")
            self._look_again()

        self.ask_server(pause)

    def do_resume(self) -> None:
        from tui.screens.resume_dialog import ResumeDialog

        async def resume() -> None:
            paused = await self.services.sequences.paused(self.session.id)
            if not paused.overdue:
                await self._resume("send")
                return
            await self.app.push_screen(ResumeDialog(self.session.name, paused), answered)

        def answered(overdue: str | None) -> None:
            if overdue is not None:
                self.ask_server(lambda: self._resume(overdue))

        self.ask_server(resume)

    async def _resume(self, overdue: str) -> None:
        await self.services.sequences.resume(self.session.id, overdue)
        self.say("It runs on.")
        self._look_again()

    async def do_settings(self) -> None:
        from tui.screens.sequence_settings import SequenceSettingsScreen

        await self.app.push_screen(SequenceSettingsScreen(self.services, self.session))

    async def do_timemachine(self) -> None:
        from tui.screens.time_machine import TimeMachineScreen

        await self.flush()
        await self.app.push_screen(TimeMachineScreen(self.services, self.session.id))

    def _look_again(self) -> None:
        self.session.look()
        self.show_steps()

    async def do_people(self) -> None:
        from tui.screens.enrolments import EnrolmentsScreen

        await self.app.push_screen(EnrolmentsScreen(self.services, self.session.id))
