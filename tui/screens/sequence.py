"""The sequence editor: steps on a time line, the chosen one's mail beside it, and what people get of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from localstore.records import DocKind
from render_preview.terminal import PHONE, PreviewCache
from tui.commands import bindings
from tui.editing.delays import say_day, say_delay
from tui.editing.session import DraftSession
from tui.editing.step_checks import StepChecks
from tui.editing.steps import step_at, steps_of, totals
from tui.mail_pictures import mail_pictures
from tui.screens.in_sight import in_sight
from tui.screens.sequence_commands import SequenceCommands
from tui.setting_words import Names, short_settings
from tui.status_words import sequence_status
from tui.text import count_words, plain
from tui.widgets.document_preview import DocumentPreview
from tui.widgets.step_timeline import StepLine, StepTimeline
from tui.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.services import Services

Json = dict[str, Any]
_TONES = {"accent": "$accent", "good": "$success", "warn": "$warning", "quiet": "$quiet", "": ""}


class SequenceScreen(SequenceCommands):
    """Editing changes the draft; people run what was published last."""

    SCOPE = "sequence"
    FOCUS = "StepTimeline"
    CSS_PATH = "sequence.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("sequence")

    def __init__(self, services: Services, id: str) -> None:
        super().__init__(services)
        self.session = DraftSession(services, DocKind.SEQUENCE, id)
        self.step_checks = StepChecks()
        self._cache = PreviewCache()
        self._taken_over = 0

    @property
    def crumb(self) -> str:
        return self.session.name

    @property
    def document(self) -> tuple[DocKind, str]:
        return DocKind.SEQUENCE, self.session.id

    @property
    def timeline(self) -> StepTimeline:
        """The steps."""
        return self.query_one(StepTimeline)

    def body(self) -> ComposeResult:
        with Vertical(id="head"):
            with Horizontal(classes="line"):
                yield Static("For", classes="label", markup=False)
                yield Words(id="segment", fixed=True)
            with Horizontal(classes="line"):
                yield Static("Status", classes="label", markup=False)
                yield Words(id="status", fixed=True)
            with Horizontal(classes="line", id="treats"):
                yield Static("Settings", classes="label", markup=False)
                yield Words(id="settings", fixed=True)
        yield Words(id="notice")
        with Horizontal(id="panes"):
            yield StepTimeline(self.do_edit)
            with Vertical(id="preview"):
                yield DocumentPreview()
        yield Words(classes="empty")

    async def on_mount(self) -> None:
        await self.session.open()
        self.show_steps()

    async def on_unmount(self) -> None:
        await self.session.close()

    async def flush(self) -> None:
        await self.session.flush()

    def changed(self) -> None:
        if self.is_mounted:
            self.call_after_refresh(self._catch_up)

    def _catch_up(self) -> None:
        if in_sight(self):
            self.session.look()
            if self.session.taken_over != self._taken_over:
                self.say("This sequence was changed elsewhere; you see the newest steps.")
            self.show_steps()

    def show_steps(self, focus: str | None = None) -> None:
        self._taken_over = self.session.taken_over
        steps = steps_of(self.session.content)
        days = totals(steps)
        lines = [self._line(step, day) for step, day in zip(steps, days, strict=True)]
        self.timeline.show(lines, focus)
        empty = self.query_one(".empty", Words)
        empty.display = not steps
        empty.say(plain("There are no steps. Press a to write the first mail."))
        self.query_one("#panes").display = bool(steps)
        self._show_head()
        self.show_mail()
        self.show_hints()

    def _line(self, step: Json, day: float) -> StepLine:
        mail = step.get("contentJson") or {}
        errors = self.step_checks.errors(step)
        note = count_words(errors, "error") if errors else count_words(len(mail.get("blocks") or []), "block")
        wait = say_delay(float(step.get("delayHours") or 0))
        tone = "$error" if errors else "$quiet"
        return StepLine(step["id"], say_day(day), wait, str(mail.get("subject") or ""), note, tone)

    def _show_head(self) -> None:
        facts = self.session.facts
        segment = self.session.content.get("segmentId")
        draft = self.services.drafts.get(DocKind.SEGMENT, segment) if segment else None
        name = plain(draft.content.get("name") or "Untitled") if draft else plain("not here", "$warning")
        count = draft.facts.get("memberCount") if draft else None
        words = f" · {count_words(count, 'contact')}" if isinstance(count, int) else ""
        nobody = plain("nobody yet: choose a segment with F5", "$warning")
        self.query_one("#segment", Words).say(name + plain(words, "$quiet") if segment else nobody)
        status = sequence_status(facts.get("status"))
        parts = [Content.styled(status.text, _TONES.get(status.tone, ""))]
        if facts.get("publishedRevision"):
            people = int(facts.get("activeEnrolments") or 0)
            parts += [plain(f"revision {facts['publishedRevision']}", "$quiet"), plain(f"{people:,} in it")]
        if self._unpublished:
            parts.append(plain("unpublished changes: F9", "$warning"))
        self.query_one("#status", Words).say(Content(" · ").join(parts))
        self._show_settings()
        notice = self.query_one("#notice", Words)
        said = str(self.session.read_only or facts.get("held") or "")
        notice.display = bool(said)
        notice.say(plain(said))

    def _show_settings(self) -> None:
        """Those that are not as they are by default."""
        segments = {segment.id: segment.name for segment in self.services.drafts.list(DocKind.SEGMENT)}
        said = short_settings(self.session.content, Names(segments))
        self.query_one("#treats").display = bool(said)
        self.query_one("#settings", Words).say(plain(said))

    @property
    def _unpublished(self) -> bool:
        facts = self.session.facts
        waits = bool(facts.get("unpublishedChanges")) or self.session.state.dirty
        return bool(facts.get("publishedRevision")) and waits

    def show_mail(self) -> None:
        """The mail of the step under the cursor."""
        if not in_sight(self):
            return
        preview = self.query_one(DocumentPreview)
        step = step_at(self.session.content, self.timeline.key)
        mail = self.step_checks.load(step) if step else None
        if mail is None:
            preview.show([], None)
            return
        width = min(PHONE, preview.room)
        preview.show(mail_pictures(mail, None, width, self._cache), None)

    def on_step_timeline_moved(self) -> None:
        self.show_mail()
        self.show_hints()

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_mail)
