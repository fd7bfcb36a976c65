"""Everyone a campaign or a sequence mailed, by name: who got it, who did not and why, the unknown ones again.

It opens on those who did not get it. Counts are of everyone and follow a running send; the list stays as it
was asked for until it is asked for again, so that no line moves under the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Input, Static

from localstore.records import DocKind
from sync.errors import OfflineError
from tui.commands import bindings
from tui.moments import say_when
from tui.places import open_report
from tui.screens.filtered import FilteredPlace
from tui.screens.mail_actions import MailActions
from tui.screens.step_names import step_names
from tui.sending_services import MailsWanted
from tui.status_words import delivery_state
from tui.text import clean, count_words, plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.delivery import Delivery, Progress
    from sync.errors import ServiceError
    from tui.services import Services

STATES = ("unknown", "bounced", "failed", "skipped", "soft", "pending", "cancelled", "complained", "accepted")
"""In the order in which a person wants to see them."""
_DEBOUNCE = 0.15
_POLL = 2.0


STEP = Column("Step", 14, grow=1, from_width=96)
"""Only where there are steps."""


def state_counts(progress: Progress, chosen: str | None) -> Content:
    """`? unknown 3   ! bounced 1,204`, the chosen one underlined; states that nobody is in are left out."""
    parts = []
    for state in STATES:
        number: int = getattr(progress, state)
        if number or state == chosen:
            spoken = delivery_state(state)
            tone = {"good": "$success", "bad": "$error", "warn": "$warning"}.get(spoken.tone, "$quiet")
            style = f"{tone} bold underline" if state == chosen else tone
            parts.append(Content.styled(f"{spoken.text} {number:,}", style))
    return Content("   ").join(parts) if parts else plain("Nobody was mailed yet.", "$quiet")


class DeliveriesScreen(FilteredPlace, MailActions):
    """`/` searches addresses and reasons on the server."""

    SCOPE = "deliveries"
    BINDINGS: ClassVar[list[BindingType]] = bindings("deliveries")
    DEFAULT_CSS = """
    DeliveriesScreen #counts { height: auto; max-height: 2; padding: 0 2; }
    DeliveriesScreen #which { height: 1; padding: 0 2; margin-bottom: 1; }
    DeliveriesScreen #why { height: auto; max-height: 6; padding: 0 2; border-top: solid $border; }
    """
    COLUMNS = (
        Column("Address", 20, grow=2),
        Column("Name", 10, grow=1, from_width=110),
        STEP,
        Column("State", 12),
        Column("Tries", 5, right=True, from_width=70),
        Column("Last", 15, from_width=100),
        Column("Why", 12, grow=4),
    )

    def __init__(self, services: Services, kind: DocKind, id: str) -> None:
        super().__init__(services, kind, id)
        self._steps = step_names(services, id) if kind is DocKind.SEQUENCE else {}
        self._progress: Progress | None = None
        self.wanted = MailsWanted(delivered=False)

    @property
    def crumb(self) -> str:
        draft = self.services.drafts.get(*self.source)
        return f"Mails of {draft.content.get('name') or 'Untitled'}" if draft else "Mails"

    @property
    def document(self) -> tuple[DocKind, str]:
        return self.source

    def body(self) -> ComposeResult:
        yield Static("Asking the server …", id="counts", markup=False)
        yield Static("", id="which", classes="quiet", markup=False)
        yield Input(placeholder="words in address or reason, esc shows all", classes="filter", id="filter")
        steps = self.source[0] is DocKind.SEQUENCE
        yield PagedList([column for column in self.COLUMNS if steps or column is not STEP])
        yield Static("", classes="empty", markup=False)
        yield Static("", id="why", markup=False)

    async def on_mount(self) -> None:
        self.query_one(".empty").display = False
        self.reopen()

    def on_screen_resume(self) -> None:
        self.read(self._poll, "poll")

    def on_screen_suspend(self) -> None:
        self.workers.cancel_group(self, "poll")

    async def _poll(self) -> None:
        """The counts, while they may still change."""
        while True:
            try:
                self._progress = await self.services.mails.progress(self.source)
                self._show_counts()
            except OfflineError as error:
                self._say_counts(f"{error} Press R to ask again.")
            await self.services.clock.sleep(_POLL)

    def _show_counts(self) -> None:
        if self._progress is None:
            self._say_counts("It has not begun: nobody was mailed yet.")
        else:
            self.query_one("#counts", Static).update(state_counts(self._progress, self.wanted.state))

    def _say_counts(self, words: str) -> None:
        self.query_one("#counts", Static).update(plain(words, "$warning"))

    def reopen(self) -> None:
        """Ask for the list anew, from its beginning."""
        self._show_which(None)
        self.query_one(PagedList).open()

    @property
    def said(self) -> str:
        """The filter in words."""
        if self.wanted.state is not None:
            which = delivery_state(self.wanted.state).text[2:]
        else:
            which = "everyone" if self.wanted.delivered is None else "did not get it"
        return f"{which} with “{self.wanted.words}”" if self.wanted.words else which

    def _show_which(self, total: int | None) -> None:
        many = "…" if total is None else f"{total:,}"
        self.query_one("#which", Static).update(plain(f"{many} · {self.said}"))
        if self._progress is not None:
            self._show_counts()

    def on_paged_list_page_needed(self, event: PagedList.PageNeeded) -> None:
        self.read(lambda: self._page(event), "page", exclusive=False)

    async def _page(self, event: PagedList.PageNeeded) -> None:
        wanted = self.wanted
        try:
            page = await self.services.mails.page(self.source, wanted, event.offset, event.limit)
        except BaseException:
            event.list.page_failed(event.offset, event.generation)
            raise
        if wanted != self.wanted:
            return
        event.list.show_page(
            event.offset, [self._row(mail) for mail in page.deliveries], page.total, event.generation
        )
        self._show_which(page.total)
        self.show_list(event.list, "" if page.total else self._why_empty())
        self.show_hints()

    def _why_empty(self) -> str:
        if self.wanted.words:
            return "No address and no reason has these words. Press esc to take them away."
        if self.wanted.delivered is False and self._progress is not None:
            return f"Everybody got it: {count_words(self._progress.accepted, 'mail')}. a shows them."
        return "Nobody is in this state. a shows everyone."

    def _row(self, mail: Delivery) -> Row:
        state = delivery_state(mail.state)
        step = (self._step(mail),) if self.source[0] is DocKind.SEQUENCE else ()
        cells = (
            mail.email,
            mail.name or "",
            *step,
            state.text,
            str(mail.attempts or ""),
            say_when(mail.updated_at, self.services.clock.now()),
            mail.reason,
        )
        at = len(step) + 2
        tones = {1: "quiet", at: state.tone, at + 2: "quiet", at + 3: "quiet"}
        return Row(mail.id, cells, tones, data=mail)

    def _step(self, mail: Delivery) -> str:
        return self._steps.get(mail.step_id or "", "a step that was removed")

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "page" and not self.query_one(PagedList).total:
            self.show_list(self.query_one(PagedList), f"{error} Press R to try again.")
        elif group == "poll":
            self._say_counts(f"{error} Press R to ask again.")
        else:
            super().failed(group, error)

    def on_paged_list_moved(self) -> None:
        self._show_why()
        self.show_hints()

    def _show_why(self) -> None:
        """The whole reason of the line under the cursor, which a cell has no room for."""
        row, now = self.query_one(PagedList).row, self.services.clock.now()
        why = self.query_one("#why", Static)
        why.display = row is not None
        if row is None:
            return
        mail: Delivery = row.data
        said = [say_when(mail.updated_at, now)]
        if mail.attempts:
            said.insert(0, count_words(mail.attempts, "try", "tries"))
        if mail.due_at is not None:
            said.append(f"tried again {say_when(mail.due_at, now)}")
        if self.source[0] is DocKind.SEQUENCE:
            said.append(self._step(mail))
        spoken = delivery_state(mail.state)
        why.update(
            Content.styled(f"{clean(mail.email)}  ", "bold")
            + plain(f"{spoken.text} · {' · '.join(said)}", "$quiet")
            + Content("\n" + clean(mail.reason or "no reason was given"))
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        words = event.value.strip()
        if words != self.wanted.words:
            self.read(lambda: self._search(words), "search")

    async def _search(self, words: str) -> None:
        await self.services.clock.sleep(_DEBOUNCE)
        self._want(MailsWanted(self.wanted.state, self.wanted.delivered, words))

    async def do_unsearch(self) -> None:
        """Without words; where there are none, back."""
        field = self.query_one("#filter", Input)
        if field.value or field.has_class("-open"):
            self.end_filter()
        else:
            await self.app.run_action("command('app.back')")

    def _want(self, wanted: MailsWanted) -> None:
        self.wanted = wanted
        self.reopen()

    def do_missed(self) -> None:
        self._want(MailsWanted(delivered=False, words=self.wanted.words))

    def do_everyone(self) -> None:
        self._want(MailsWanted(words=self.wanted.words))

    def do_state(self) -> None:
        """The next state that anybody is in."""
        peopled = [s for s in STATES if self._progress is None or getattr(self._progress, s)] or list(STATES)
        at = peopled.index(self.wanted.state) + 1 if self.wanted.state in peopled else 0
        self._want(MailsWanted(peopled[at % len(peopled)], words=self.wanted.words))

    def do_reload(self) -> None:
        self.read(self._poll, "poll")
        self.reopen()

    async def do_report(self) -> None:
        await open_report(self.app, self.services, *self.source)
