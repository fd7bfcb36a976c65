"""The last look before a campaign goes out: who gets it, who does not and why, and what is wrong."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from localstore.records import DocKind
from sync.errors import RefusedError, ServiceError
from tui.commands import bindings
from tui.editing.document import location_of
from tui.mail_pictures import filled
from tui.places import open_segment
from tui.screens.account_watch import ACCOUNT, AccountWatch
from tui.screens.copy_watch import CopyWatch
from tui.screens.departure import Departure
from tui.screens.dialogs import Confirm
from tui.screens.in_sight import in_sight
from tui.screens.review_checks import (
    SEGMENT,
    LinkWatch,
    LintWatch,
    approval_words,
    segment_faults,
    why_not_approved,
)
from tui.text import count_words, plain
from tui.widgets.funnel_bars import funnel_bars
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.campaigns import Approval
    from contract.delivery import Funnel
    from render_preview.lint import Location
    from tui.editing.readers import Reader
    from tui.editing.session import DraftSession
    from tui.services import Services

_ACTS = {"send", "schedule"}
_LEVELS = {"error": ("! must be fixed", "bad"), "warning": ("~ warning", "warn"), "hint": ("· hint", "quiet")}
Finding = tuple[str, str, "Location"]
"""Level, sentence, and where to jump."""


class ReviewScreen(Departure):
    """Nothing is sent from here that the server did not count a moment ago."""

    SCOPE = "review"
    FOCUS = "PagedList"
    CSS_PATH = "review.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("review")

    def __init__(
        self,
        services: Services,
        session: DraftSession,
        jump: Callable[[Location], Awaitable[None]],
        reader: Reader | None = None,
    ) -> None:
        super().__init__(services, session)
        self.reader = reader
        self._jump = jump
        self._trouble = ""
        self._faults: list[Finding] = []
        self._links = LinkWatch(services.links)
        self._account = AccountWatch(services.accounts)
        self._copies = CopyWatch(services.sending, services.clock)
        self._lint = LintWatch(services, session)
        self._approval: Approval | None = None
        self._left_for_segment = False

    @property
    def _places(self) -> list[Finding]:
        people = segment_faults(self.services.drafts, self.session.content.get("segmentId"))
        sender = self._account.found(self.session.content.get("accountId"))
        found = (self._copies.found, self._lint.found, self._links.found)
        return [*self._faults, *people, *sender, *chain.from_iterable(found)]

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
        self._lint.look()
        self.do_reload()
        self.read(self._learn, "fields")
        self.read(self._learn_account, "account")
        self.read(self._check_links, "links")

    async def _learn(self) -> None:
        await self._lint.learn(self.show_anew)

    async def _learn_account(self) -> None:
        await self._account.learn(self.show_anew)

    async def _check_links(self) -> None:
        if (document := self._lint.document()) is not None:
            await self._links.check(document, self.show_anew)

    def changed(self) -> None:
        self.session.look()
        if self._left_for_segment:
            self._left_for_segment = False
            self.do_reload()
        self.show_anew()

    def show_anew(self) -> None:
        if not in_sight(self):
            return
        self.query_one("#about", Static).update(self._about())
        funnel = self.query_one("#funnel", Static)
        if self.funnel:
            funnel.update(funnel_bars(self.funnel, max(20, funnel.size.width)))
        else:
            funnel.update(plain(self._trouble or "Counting …", "$warning" if self._trouble else "$quiet"))
        rows = [
            Row(str(n), (_LEVELS[level][0], words), {0: _LEVELS[level][1]}, data=location)
            for n, (level, words, location) in enumerate(self._places)
        ]
        self.query_one(PagedList).show_rows(rows)
        self.query_one("#verdict", Static).update(self._verdict())
        self.show_hints()

    def _about(self) -> Content:
        mail = self.session.content.get("contentJson") or {}
        segment = self.session.content.get("segmentId")
        draft = self.services.drafts.get(DocKind.SEGMENT, segment) if segment else None
        subject = filled(str(mail.get("subject") or ""), None) or plain("(none)", "$error")
        lines = [
            plain("Subject    ", "$quiet") + subject,
            plain("Preheader  ", "$quiet") + filled(str(mail.get("preheader") or "-"), None),
            plain("From       ", "$quiet") + self._account.words(self.session.content.get("accountId")),
            plain("Segment    ", "$quiet") + plain(draft.content.get("name", "") if draft else "none chosen"),
            plain("Blocks     ", "$quiet") + plain(len(mail.get("blocks") or [])),
            plain("Links      ", "$quiet") + plain(self._links.words),
            plain("Copies     ", "$quiet") + plain(self._copies.words),
        ]
        if self._approval and self._approval.required:
            lines.append(plain("Approval   ", "$quiet") + plain(approval_words(self._approval)))
        return Content("\n").join(lines)

    def _verdict(self) -> Content:
        if self.session.status == "SCHEDULED":
            when = self.session.departure(self.services.clock.now())
            return plain(f"✓ Scheduled for {when}. F8 takes it back to a draft.", "$success")
        reason = self.why_not("send")
        if reason:
            return plain(reason, "$warning")
        people = count_words(self.funnel.will_send if self.funnel else 0, "contact")
        return plain(f"✓ Ready: {people} will get it. S sends it now, t chooses a time.", "$success")

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_anew)

    def why_not(self, verb: str) -> str | None:
        if verb in _ACTS:
            return self._why_not_send()
        if verb == "unschedule" and self.session.status != "SCHEDULED":
            return "It is not scheduled."
        if verb == "account":
            return self._why_not_choose()
        if verb == "approve":
            return self._why_not_approve()
        if verb == "copies" and not self._copies.broken:
            return f"No copy is known to break: {self._copies.words}."
        if verb == "stop" and not self._copies.running:
            return "Nothing is being looked at."
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
        if self.funnel is None:
            return self._trouble or "Still counting who would get it."
        if self.funnel.will_send == 0:
            return "Nobody would get it."
        if reason := why_not_approved(self._approval, self.services.sync.who):
            return reason
        return "Wait a moment: the server is being asked." if self.busy else None

    def _why_not_choose(self) -> str | None:
        if self.session.status not in ("DRAFT", "PAUSED"):
            return "Take it back to a draft (F8), or pause it, to choose another account."
        return None if self._account.all else "There is one way to send only: press 7 to add an account."

    def _why_not_approve(self) -> str | None:
        if self._approval is None or not self._approval.required:
            return "Your organisation does not ask for approvals."
        if self.session.status not in ("DRAFT", "PAUSED"):
            return "It is on its way, or was sent already."
        return None if self.funnel else self._trouble or "Still counting who would get it."

    async def do_approve(self) -> None:
        funnel = self.funnel
        assert funnel is not None
        people = count_words(funnel.will_send, "contact")
        words = "Your word holds for just this content and these people. Somebody else then sends it."

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(lambda: self._approve(funnel))

        await self.app.push_screen(Confirm(f"Approve it for {people}?", words, "Approve"), answered)

    async def _approve(self, funnel: Funnel) -> None:
        try:
            self._approval = await self.services.sending.approve(self.session.id, funnel.audience_hash)
        except RefusedError as error:
            self.refused(error)
            return
        self.say("Approved. Anybody but you may send it now.")
        self.show_anew()

    def do_reload(self) -> None:
        self.funnel, self._trouble = None, ""
        if not self.session.content.get("segmentId"):
            self._trouble = "No segment is chosen, so nobody would get it."
            self.show_anew()
            return
        self.show_anew()
        self.read(self._count, "funnel")

    async def _count(self) -> None:
        try:
            self._approval = await self.services.sending.approval(self.session.id)
            self.funnel = await self.services.sending.funnel(self.session.id)
        except ServiceError as error:
            self._trouble = f"{error} Press R to ask again."
        self.show_anew()
        if (funnel := self.funnel) is not None:
            self.read(lambda: self._look_at_copies(funnel.will_send), "copies")

    async def _look_at_copies(self, how_many: int) -> None:
        """Every one, as it would go out now."""
        await self._copies.run(self.session.id, how_many, self.show_anew)
        self._lint.look(self._copies.shares)
        self.show_anew()

    async def do_account(self) -> None:
        from tui.screens.account_picker import choose_account

        await choose_account(self, self.session, self._account.all, self.do_reload)

    async def do_copies(self) -> None:
        from tui.screens.copies import CopiesScreen

        await self.app.push_screen(CopiesScreen(self.services, self._copies))

    def do_stop(self) -> None:
        self._copies.stop()

    async def do_fix(self) -> None:
        row = self.query_one(PagedList).row
        if row is not None:
            location: Location = row.data
            if location == ACCOUNT:
                await self.action_command("review.account")
                return
            if location == SEGMENT:
                await self._to_segment()
                return
            await self.app.run_action("command('app.back')")
            await self._jump(location)

    async def _to_segment(self) -> None:
        """Coming back, others may get it than were counted."""
        await open_segment(self.app, self.services, self.session.content["segmentId"])
        self._left_for_segment = True

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("review.fix")

    def refused(self, error: RefusedError) -> None:
        """Say why, show what the server lists, and count again if the audience is another one now."""
        self.say(str(error), severity="error")
        for fault in error.problem.errors:
            if all(fault.message != words for _, words, _ in self._places):
                location = location_of(self.session.content["contentJson"], fault.path)
                self._faults.insert(0, ("error", fault.message, location))
        if error.problem.code in ("audience_drifted", "approval_required"):
            self.do_reload()
        self.show_anew()
