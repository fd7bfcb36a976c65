"""The time machine: what one contact would get of a sequence, and when. Nothing is sent or changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widgets import Static

from contract.simulation import Ending, WaitReason
from localstore.records import DocKind
from tui.commands import bindings
from tui.editing.when import EXAMPLES, WhenError, parse_when
from tui.screens.dialogs import AskText
from tui.screens.place import Place
from tui.text import count_words, plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.simulation import FutureMail, Simulation
    from sync.errors import ServiceError
    from tui.services import Services

_WAITS = {WaitReason.DELAY: "delay", WaitReason.WINDOW: "its hours", WaitReason.CAP: "had enough mails"}
_NOBODY = "Whose time is it? Press c and choose a contact."


def say_moment(moment: datetime) -> str:
    """`Tue 3 Mar 2026 09:00`, on the clock that the moment was read from."""
    return f"{moment:%a} {moment.day} {moment:%b %Y %H:%M}"


def say_end(play: Simulation) -> str:
    """How it ends, in a sentence."""
    when = f"{say_moment(play.ends_at)} UTC"
    match play.ending:
        case Ending.FINISHED:
            return f"It ends {when}: {play.end_reason or 'that was the last step'}."
        case Ending.EXITED:
            return f"It ends early, {when}: {play.end_reason}."
        case Ending.HELD:
            return f"It stops {when}: a segment that is asked before each mail was deleted. See its settings."


class TimeMachineScreen(Place):
    """Asks the server, which plays it by the rules that send."""

    SCOPE = "timemachine"
    BINDINGS: ClassVar[list[BindingType]] = bindings("timemachine")
    DEFAULT_CSS = """
    TimeMachineScreen #whose { height: 1; padding: 0 1; }
    TimeMachineScreen #how { height: 1; padding: 0 1; margin-bottom: 1; }
    TimeMachineScreen #end { height: auto; padding: 0 1; border-top: solid $border; }
    """
    COLUMNS = (
        Column("Where it is read", 21),
        Column("UTC", 21, from_width=110),
        Column("Step", 4, right=True),
        Column("Subject", 18, grow=2),
        Column("Waited for", 16, grow=1),
    )

    def __init__(self, services: Services, id: str) -> None:
        super().__init__(services)
        self._sequence_id = id
        self._email = ""
        self._enters_at: datetime | None = None
        self._draft = True
        self._play: Simulation | None = None

    @property
    def crumb(self) -> str:
        return "Time machine"

    @property
    def document(self) -> tuple[DocKind, str]:
        return DocKind.SEQUENCE, self._sequence_id

    def body(self) -> ComposeResult:
        yield Static("", id="whose", markup=False)
        yield Static("", id="how", classes="quiet", markup=False)
        yield PagedList(self.COLUMNS)
        yield Static(_NOBODY, classes="empty", markup=False)
        yield Static("", id="end", markup=False)

    async def on_mount(self) -> None:
        self.show_list(self.query_one(PagedList), _NOBODY)
        self.query_one("#end").display = False
        self._show_how()
        await self.do_contact()

    @property
    def _published(self) -> bool:
        draft = self.services.drafts.get(DocKind.SEQUENCE, self._sequence_id)
        return bool(draft and draft.facts.get("publishedRevision"))

    def why_not(self, verb: str) -> str | None:
        if verb in ("reload", "enters") and not self._email:
            return _NOBODY
        if verb == "which" and not self._published:
            return "It was never published: there is only the draft."
        return None

    async def do_contact(self) -> None:
        from tui.screens.reader_picker import ReaderPicker

        def chosen(reader: object) -> None:
            if email := getattr(reader, "email", ""):
                self._email = email
                self.do_reload()

        picker = ReaderPicker(self.services, title="For whom is it played?", made_up=False)
        await self.app.push_screen(picker, chosen)

    async def do_enters(self) -> None:
        def check(text: str) -> str | None:
            try:
                self._moment(text)
            except WhenError as error:
                return str(error)
            return None

        def answered(text: str | None) -> None:
            if text is not None:
                self._enters_at = self._moment(text)
                self.do_reload()

        words = f"{EXAMPLES}\nnow: from where the contact is, or entering now"
        await self.app.push_screen(AskText("As if entering when?", words, value="now", check=check), answered)

    def _moment(self, text: str) -> datetime | None:
        return None if text.strip().lower() in ("", "now") else parse_when(text, self.services.clock.now())

    def do_which(self) -> None:
        self._draft = not self._draft
        self.do_reload()

    def do_reload(self) -> None:
        self._show_how()
        if self._email:
            self.query_one("#whose", Static).update(plain(f"Playing it for {self._email} …", "$quiet"))
            self.read(self._load, "play")

    async def _load(self) -> None:
        self._play = await self.services.sequences.simulate(
            self._sequence_id, self._email, enters_at=self._enters_at, draft=self._draft
        )
        self._show(self._play)

    def _show_how(self) -> None:
        which = "the draft" if self._draft else "as people run it"
        from_when = f"entering {say_moment(self._enters_at)}" if self._enters_at else "from now"
        self.query_one("#how", Static).update(plain(f"{which} · {from_when}"))

    def _show(self, play: Simulation) -> None:
        where = "goes on from where this contact is" if play.continues else "as if entering"
        clock = f"clock of {play.time_zone}" + (" (organisation's)" if play.organisations_zone else "")
        self.query_one("#whose", Static).update(
            Content.styled(play.email, "bold") + plain(f" · {clock} · {where}", "$quiet")
        )
        rows = self.query_one(PagedList)
        rows.show_rows([self._row(number, mail) for number, mail in enumerate(play.mails)])
        self.show_list(rows, "" if play.mails else "This contact gets no mail.")
        end = self.query_one("#end", Static)
        end.display = True
        notes = [plain(note, "$warning") for note in play.notes]
        mails = count_words(len(play.mails), "mail")
        end.update(Content("\n").join([plain(f"{mails}. {say_end(play)}"), *notes]))
        self.show_hints()

    @staticmethod
    def _row(number: int, mail: FutureMail) -> Row:
        waits = " + ".join(dict.fromkeys(_WAITS[wait.reason] for wait in mail.waits)) or "nothing"
        here = say_moment(datetime.fromisoformat(mail.local_at))
        cells = (here, say_moment(mail.at), str(mail.number), mail.subject or "(no subject)", waits)
        return Row(str(number), cells, {1: "quiet", 4: "quiet"})

    def failed(self, group: str, error: ServiceError) -> None:
        if group != "play":
            super().failed(group, error)
            return
        self.query_one("#whose", Static).update(plain(self._email))
        self.query_one("#end").display = False
        self.show_list(self.query_one(PagedList), f"{error} Press R to try again.")
