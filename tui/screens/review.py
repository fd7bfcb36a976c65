"""The last look before a campaign goes out: who gets it, who does not and why, and what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from localstore.records import DocKind
from sync.errors import RefusedError, ServiceError
from tui import goto
from tui.commands import bindings
from tui.mail_pictures import filled
from tui.moments import read_moment, say_when
from tui.screens.countdown import SECONDS, Countdown
from tui.screens.dialogs import AskText, Confirm
from tui.screens.in_sight import in_sight
from tui.screens.offer import Offer
from tui.screens.place import Place
from tui.screens.schedule_dialog import ScheduleDialog
from tui.text import count_words, plain
from tui.widgets.funnel_bars import funnel_bars
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.delivery import Funnel
    from tui.editing.session import DraftSession
    from tui.services import Services

_ACTS = {"send", "schedule"}
_LEVELS = {"error": ("! must be fixed", "bad"), "warning": ("~ warning", "warn"), "hint": ("· hint", "quiet")}


def check_addresses(text: str) -> str | None:
    """What is wrong with a list of addresses; None if nothing is."""
    found = [part for part in text.replace(",", " ").replace(";", " ").split() if part]
    if not found:
        return "Type at least one address."
    if len(found) > 20:
        return "At most 20 addresses, please."
    odd = next((part for part in found if part.count("@") != 1 or part.startswith("@")), None)
    return f"“{odd}” is not an address: it looks like ana@example.com." if odd else None


class ReviewScreen(Place):
    """Nothing is sent from here that the server did not count a moment ago."""

    SCOPE = "review"
    FOCUS = "PagedList"
    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("review")

    def __init__(
        self, services: Services, session: DraftSession, jump: Callable[[str | None], Awaitable[None]]
    ) -> None:
        super().__init__(services)
        self.session, self._jump = session, jump
        self._funnel: Funnel | None = None
        self._trouble = ""
        self._places: list[tuple[str, str, str | None]] = []
        self._busy = False

    @property
    def crumb(self) -> str:
        return "Review"

    @property
    def document(self) -> tuple[DocKind, str]:
        return self.session.kind, self.session.id

    def body(self) -> ComposeResult:
        with VerticalScroll(can_focus=False), Horizontal(id="cards"):
            with Vertical(id="mail"):
                yield Static("The mail", classes="heading", markup=False)
                yield Static("", id="about", markup=False)
            with Vertical(id="audience"):
                yield Static("Who gets it", classes="heading", markup=False)
                yield Static("", id="funnel", markup=False)
        yield PagedList((Column("Before sending", 16), Column("", 20, grow=1)))
        yield Static("", id="verdict", markup=False)

    async def on_mount(self) -> None:
        self._lint(None)
        self.do_reload()
        self.read(self._learn_fields, "fields")

    async def _learn_fields(self) -> None:
        try:
            self._lint({field.key for field in await self.services.contacts.fields()})
        except ServiceError:
            return

    def _lint(self, known: set[str] | None) -> None:
        from contract.blocks import load_document
        from render_preview.lint import lint

        try:
            findings = lint(load_document(self.session.content["contentJson"]), known_fields=known)
            self._places = [(finding.level, finding.message, finding.block_id) for finding in findings]
        except ValueError:
            self._places = [
                ("error", "This mail was written by a newer version and cannot be sent here.", None)
            ]
        self._show()

    def changed(self) -> None:
        self.session.look()
        self._show()

    def _show(self) -> None:
        if not in_sight(self):
            return
        self.query_one("#about", Static).update(self._about())
        funnel = self.query_one("#funnel", Static)
        if self._funnel:
            funnel.update(funnel_bars(self._funnel, max(20, funnel.size.width)))
        else:
            funnel.update(plain(self._trouble or "Counting …", "$warning" if self._trouble else "$quiet"))
        rows = [
            Row(str(n), (_LEVELS[level][0], words), {0: _LEVELS[level][1]})
            for n, (level, words, _) in enumerate(self._places)
        ]
        self.query_one(PagedList).show_rows(rows)
        self.query_one("#verdict", Static).update(self._verdict())
        self.show_hints()

    def _about(self) -> Content:
        mail = self.session.content["contentJson"]
        segment = self.session.content.get("segmentId")
        draft = self.services.drafts.get(DocKind.SEGMENT, segment) if segment else None
        subject = filled(str(mail.get("subject") or ""), None) or plain("(none)", "$error")
        lines = [
            plain("Subject    ", "$quiet") + subject,
            plain("Preheader  ", "$quiet") + filled(str(mail.get("preheader") or "-"), None),
            plain("Segment    ", "$quiet") + plain(draft.content.get("name", "") if draft else "none chosen"),
            plain("Blocks     ", "$quiet") + plain(len(mail.get("blocks") or [])),
        ]
        return Content("\n").join(lines)

    def _verdict(self) -> Content:
        if self.session.status == "SCHEDULED":
            when = say_when(read_moment(self.session.content.get("sendAt")), self.services.clock.now())
            return plain(f"✓ Scheduled for {when}. F8 takes it back to a draft.", "$success")
        reason = self.why_not("send")
        if reason:
            return plain(reason, "$warning")
        people = count_words(self._funnel.will_send if self._funnel else 0, "contact")
        return plain(f"✓ Ready: {people} will get it. S sends it now, t chooses a time.", "$success")

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def why_not(self, verb: str) -> str | None:
        if verb in _ACTS:
            return self._why_not_send()
        if verb == "unschedule" and self.session.status != "SCHEDULED":
            return "It is not scheduled."
        if verb == "fix" and not self._places:
            return "There is nothing to fix."
        return None

    def _why_not_send(self) -> str | None:
        errors = sum(level == "error" for level, _, _ in self._places)
        if self.session.status not in ("DRAFT", "SCHEDULED"):
            return "It was sent already, or is on its way."
        if not self.session.content.get("segmentId"):
            return "Choose a segment first (esc, then F5): without one nobody is mailed."
        if errors:
            return f"{count_words(errors, 'thing')} must be fixed first. Enter jumps to the place."
        if self._funnel is None:
            return self._trouble or "Still counting who would get it."
        if self._funnel.will_send == 0:
            return "Nobody would get it."
        return "Wait a moment: the server is being asked." if self._busy else None

    def do_reload(self) -> None:
        self._funnel, self._trouble = None, ""
        if not self.session.content.get("segmentId"):
            self._trouble = "No segment is chosen, so nobody would get it."
            self._show()
            return
        self._show()
        self.read(self._count, "funnel")

    async def _count(self) -> None:
        try:
            self._funnel = await self.services.sending.funnel(self.session.id)
        except ServiceError as error:
            self._trouble = f"{error} Press R to ask again."
        self._show()

    async def do_fix(self) -> None:
        row = self.query_one(PagedList).row
        if row is not None:
            block_id = self._places[int(row.key)][2]
            await self.app.run_action("command('app.back')")
            await self._jump(block_id)

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("review.fix")

    async def do_send(self) -> None:
        assert self._funnel is not None
        people = count_words(self._funnel.will_send, "contact")
        words = f"“{self.session.name}” goes out in {SECONDS} seconds. Until then you can take it back."

        def answered(yes: bool | None) -> None:
            if yes:
                self._ask(None)

        await self.app.push_screen(Confirm(f"Mail {people} now?", words, f"Send to {people}"), answered)

    async def do_schedule(self) -> None:
        def answered(moment: datetime | None) -> None:
            if moment is not None:
                self._ask(moment)

        await self.app.push_screen(ScheduleDialog(self.services.clock), answered)

    def _ask(self, at: datetime | None) -> None:
        if not self._busy:
            self._busy = True
            self.ask_server(lambda: self._send(at))

    async def _send(self, at: datetime | None) -> None:
        pinned = self._funnel.audience_hash if self._funnel else None
        try:
            await self.services.sending.send(
                self.session.id, at=at, undo_seconds=0 if at else SECONDS, audience_hash=pinned
            )
        except RefusedError as error:
            self._refused(error)
            return
        finally:
            self._busy = False
        self.session.look()
        self._show()
        await (self._scheduled(at) if at else self._counting_down())

    def _refused(self, error: RefusedError) -> None:
        """Say why, show what the server lists, and count again if the audience is another one now."""
        self.say(str(error), severity="error")
        blocks = self.session.content["contentJson"].get("blocks") or []
        for fault in error.problem.errors:
            parts = fault.path.split(".")
            at = next((int(part) for part in parts if part.isdigit()), len(blocks))
            place = blocks[at]["id"] if at < len(blocks) else None
            if all(fault.message != words for _, words, _ in self._places):
                self._places.insert(0, ("error", fault.message, place))
        if error.problem.code == "audience_drifted":
            self.do_reload()
        self._show()

    async def _counting_down(self) -> None:
        async def undo() -> None:
            await self.services.sending.act(self.session.id, "unschedule")

        async def answered(answer: str | None) -> None:
            self.session.look()
            self._show()
            if answer == "undone":
                self.say("Taken back. It is a draft again, and nobody was mailed.")
            elif answer == "outbox":
                await self._to_outbox()

        words = f"“{self.session.name}” is about to go out"
        await self.app.push_screen(Countdown(self.services.clock, words, undo), answered)

    async def _scheduled(self, at: datetime) -> None:
        when = say_when(at, self.services.clock.now())
        question = Offer(
            f"Scheduled for {when}", "It can be taken back to a draft until then.", "Show the outbox"
        )

        async def answered(yes: bool | None) -> None:
            if yes:
                await self._to_outbox()

        await self.app.push_screen(question, answered)

    async def _to_outbox(self) -> None:
        """The review is over; coming back, the person finds the campaign."""
        if self.app.screen is self:
            _ = self.app.pop_screen()
        await self.app.go(goto.Target("outbox"))  # type: ignore[attr-defined]

    def do_unschedule(self) -> None:
        async def unschedule() -> None:
            await self.services.sending.act(self.session.id, "unschedule")
            self.say("It is a draft again. Nobody was mailed.")
            self.session.look()
            self._show()

        self.ask_server(unschedule)

    async def do_test(self) -> None:
        def answered(text: str | None) -> None:
            if text:
                self.ask_server(lambda: self._test(text.replace(",", " ").replace(";", " ").split()))

        ask = AskText(
            "Test mail",
            "Marked [Test], to these addresses only.",
            placeholder="ana@example.com, ben@example.com",
            check=check_addresses,
        )
        await self.app.push_screen(ask, answered)

    async def _test(self, to: list[str]) -> None:
        accepted = await self.services.sending.test(self.session.id, to)
        missed = [address for address in to if address not in accepted]
        if accepted:
            self.say(f"Test mail sent to {', '.join(accepted)}.")
        if missed:
            self.say(f"Not accepted: {', '.join(missed)}.", severity="warning")
