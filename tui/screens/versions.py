"""What a campaign or a sequence held before, as the server kept it: looked at, compared, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Container, Vertical
from textual.widgets import Static

from localstore.records import DocKind
from tui.commands import bindings
from tui.moments import say_when
from tui.readable import compared, lines_of, rendered_lines
from tui.screens.dialogs import Confirm
from tui.screens.place import Place
from tui.text import plain
from tui.widgets.list_rows import Column, Row
from tui.widgets.paged_list import PagedList
from tui.widgets.text_pane import TextPane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from contract.versions import VersionInfo
    from sync.errors import ServiceError
    from tui.editing.session import DraftSession
    from tui.services import Services

Json = dict[str, Any]
_EMPTY = (
    "The server keeps none yet: one is kept when somebody else goes on writing, or after ten more minutes."
)
_AS_WRITTEN = "As it was written; marked lines differ from now"
_AS_RENDERED = "As the plain text of the mail; marked lines differ from now"


class VersionsScreen(Place):
    """Of one document. It ends with what is to be brought back, which the editor behind it then does."""

    SCOPE = "versions"
    BINDINGS: ClassVar[list[BindingType]] = bindings("versions")
    CSS_PATH = "history.tcss"

    def __init__(
        self, services: Services, session: DraftSession, bring_back: Callable[[Json], Awaitable[None]]
    ) -> None:
        super().__init__(services)
        self.session, self._bring_back = session, bring_back
        self._infos: list[VersionInfo] = []
        self._following: str | None = None
        self._contents: dict[str, Json] = {}
        self._rendered = False

    @property
    def crumb(self) -> str:
        return "Versions"

    @property
    def document(self) -> tuple[DocKind, str]:
        return self.session.kind, self.session.id

    def body(self) -> ComposeResult:
        with Container(id="split"):
            yield PagedList((Column("When", 17), Column("Who", 16, grow=1)))
            with Vertical(id="text"):
                yield Static(_AS_WRITTEN, classes="quiet", markup=False)
                yield TextPane()
        yield Static("", classes="empty", markup=False)

    async def on_mount(self) -> None:
        self.show_list(self.query_one(PagedList), "Asking the server …")
        self.do_reload()

    def do_reload(self) -> None:
        self._infos, self._following = [], None
        self.read(self._load, "versions")

    def do_more(self) -> None:
        self.read(self._load, "versions")

    async def _load(self) -> None:
        page = await self.services.versions.list(self.session.id, self._following)
        self._infos += page.versions
        self._following = page.next_cursor
        rows = self.query_one(PagedList)
        rows.show_rows([self._row(info) for info in self._infos])
        self.query_one("#split").display = bool(self._infos)
        self.show_list(rows, "" if self._infos else _EMPTY)
        self._look()

    def failed(self, group: str, error: ServiceError) -> None:
        if group == "versions" and not self._infos:
            self.query_one("#split").display = False
            self.show_list(self.query_one(PagedList), f"{error} Press R to ask again.")
            return
        super().failed(group, error)

    def _row(self, info: VersionInfo) -> Row:
        when = say_when(info.saved_at, self.services.clock.now())
        return Row(info.id, (when, info.saved_by.email if info.saved_by else "-"), {0: "quiet"}, data=info)

    @property
    def _current(self) -> VersionInfo | None:
        row = self.query_one(PagedList).row
        return row.data if row else None

    def on_paged_list_moved(self) -> None:
        self._look()

    def _look(self) -> None:
        """Show the version on this line, asked from the server once."""
        info = self._current
        if info is not None and info.id not in self._contents:
            self.read(lambda: self._fetch(info.id), "content")
        self._show_text()

    async def _fetch(self, id: str) -> None:
        version = await self.services.versions.show(id)
        kept = version.content_json
        written = {"settings": {}} | kept if self.session.kind is DocKind.SEQUENCE else {"contentJson": kept}
        self._contents[id] = written | {"name": version.name}
        self._show_text()

    def _lines(self, content: Json) -> list[str]:
        if self._rendered:
            return rendered_lines(content)
        segments = {segment.id: segment.name for segment in self.services.drafts.list(DocKind.SEGMENT)}
        return lines_of(content, segments, self.services.clock.now())

    def _show_text(self) -> None:
        info = self._current
        content = self._contents.get(info.id) if info else None
        if content is not None:
            now = {name: value for name, value in self.session.content.items() if name in content}
            self.query_one(TextPane).show(compared(self._lines(content), self._lines(now)))
        self.query_one("#text .quiet", Static).update(plain(_AS_RENDERED if self._rendered else _AS_WRITTEN))
        self.show_hints()

    def why_not(self, verb: str) -> str | None:
        if verb == "more":
            return None if self._following else "These are all of them."
        if verb in ("restore", "rendered") and (self._current is None or not self._loaded()):
            return "There is no version on this line yet."
        return self.session.read_only if verb == "restore" else None

    def _loaded(self) -> bool:
        return self._current is not None and self._current.id in self._contents

    def do_rendered(self) -> None:
        self._rendered = not self._rendered
        self._show_text()

    async def on_paged_list_chosen(self) -> None:
        await self.action_command("versions.restore")

    async def do_restore(self) -> None:
        assert self._current is not None
        content = {name: value for name, value in self._contents[self._current.id].items() if name != "name"}

        async def answered(yes: bool | None) -> None:
            if yes:
                self.finish()
                await self._bring_back(content)

        words = "It takes the place of the present text. Undo brings that back."
        await self.app.push_screen(Confirm("Bring this version back?", words, "Bring back"), answered)
