"""The live preview: on a phone or a desktop, as text or as HTML, with merge tags or as a contact."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Literal

from textual.content import Content

from render_preview.browser import preview_page
from render_preview.parts import preview_parts
from render_preview.terminal import DESKTOP, PHONE, PreviewCache
from tui.editing.document import blocks_of
from tui.editing.readers import reader_of
from tui.mail_pictures import mail_pictures
from tui.screens.block_commands import BlockCommands, inner
from tui.screens.in_sight import in_sight
from tui.text import plain
from tui.widgets.words import Words

if TYPE_CHECKING:
    from contract.blocks import Document
    from contract.contacts import ContactList
    from tui.editing.readers import Reader

View = Literal["phone", "desktop", "dark", "text", "HTML"]
VIEWS: tuple[View, ...] = ("phone", "desktop", "dark", "text", "HTML")
_WIDTHS = {"phone": PHONE, "dark": PHONE}
_DEVICES = {"phone": "phone", "desktop": "desktop", "dark": "dark phone"}


class PreviewCommands(BlockCommands):
    """Paints only the blocks that changed."""

    view: View = "phone"
    _cache: PreviewCache | None = None
    reader: Reader | None = None
    """Whose values the merge tags have."""
    _reader_in_row: Reader | None = None
    _at = 0
    _readers = 0
    _page: Path | None = None

    @property
    def preview_shown(self) -> bool:
        """Whether the preview is in sight."""
        if self.has_class("-narrow"):
            return self.has_class("-previewing")
        return not self.has_class("-no-preview")

    def show_preview(self) -> None:
        if not in_sight(self) or not self.preview_shown:
            return
        document = self.loaded()
        if document is None:
            return
        width = min(_WIDTHS.get(self.view, DESKTOP), self.mail_preview.room)
        self.mail_preview.show(self._pictures(document, width), self._chosen_at_the_top())
        self._show_title(width)

    def _pictures(self, document: Document, width: int) -> list[tuple[str, Content]]:
        now = self.services.clock.now()
        values = self.reader.values if self.reader else None
        if self.view in ("text", "HTML"):
            parts = preview_parts(document, values or {}, now=now)
            source = parts.text if self.view == "text" else parts.html
            lines = [part for line in source.split("\n") for part in plain(line).fold(self.mail_preview.room)]
            return [("", Content("\n").join(lines))]
        self._cache = self._cache or PreviewCache()
        return mail_pictures(document, values, width, self._cache, now, dark=self.view == "dark")

    def _chosen_at_the_top(self) -> str | None:
        """What stands in columns is shown with them."""
        id = self.current_id or ""
        for block in blocks_of(self.mail):
            if id.startswith(f"{block['id']}/") or any(leaf["id"] == id for leaf in inner(block)):
                return str(block["id"])
        return id or None

    def _show_title(self, width: int) -> None:
        device = f"{self.view} as sent" if self.view in ("text", "HTML") else f"{_DEVICES[self.view]} {width}"
        who = "merge tags as chips"
        if self.reader:
            place = f"{self._at + 1:,}/{self._readers:,} " if self._is_in_row else ""
            who = f"{place}{self.reader.name}"
        title = Content.styled("Preview", "bold") + plain(f"  {device} · {who}", "$quiet")
        self.query_one("#preview-title", Words).say(title)

    def do_preview(self) -> None:
        self.toggle_class("-previewing" if self.has_class("-narrow") else "-no-preview")
        self.call_after_refresh(self.show_preview)
        if self.preview_shown and self.has_class("-narrow"):
            self.mail_preview.focus()
        elif not self.preview_shown and self.focused is self.mail_preview:
            self.blocks.focus()

    def _open_preview(self) -> None:
        if not self.preview_shown:
            self.do_preview()
        self.call_after_refresh(self.show_preview)

    def do_device(self) -> None:
        self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        self._open_preview()

    def do_browser(self) -> None:
        """A page of frames that cannot run anything, in a file that only this person can read."""
        document = self.loaded()
        if document is None:
            self.say("This mail cannot be read, so it cannot be shown.")
            return
        values = self.reader.values if self.reader else {}
        parts = preview_parts(document, values, now=self.services.clock.now())
        if self._page is None:
            self._page = Path(mkdtemp(prefix="handbill-"), "preview.html")
        self._page.write_text(preview_page(parts, findings=self.findings), encoding="utf-8")
        self.app.open_url(self._page.as_uri())
        self.say(f"Opened {self._page} in the browser: desktop, phone, dark and text.")

    def do_contact(self) -> None:
        if self.reader is not None:
            self.reader = None
            self._open_preview()
        else:
            self._ask_for(self._at)

    def do_next(self) -> None:
        self._ask_for(self._at + self._is_in_row)

    def do_before(self) -> None:
        self._ask_for(self._at - self._is_in_row)

    @property
    def _is_in_row(self) -> bool:
        """Whether the reader is the one at the place in the row of those who would get it."""
        return self.reader is not None and self.reader == self._reader_in_row

    async def do_whom(self) -> None:
        from tui.screens.reader_picker import ReaderPicker

        def chosen(reader: Reader | None) -> None:
            if reader is not None:
                self.reader = reader
                self._open_preview()

        await self.app.push_screen(ReaderPicker(self.services), chosen)

    def _ask_for(self, at: int) -> None:
        if self._readers:
            at %= self._readers

        async def fetch() -> None:
            page = await self._audience_page(at)
            self._readers = page.total or 0
            if not page.contacts:
                self.say("There are no contacts to preview as. Merge tags stay chips.")
                return
            self.reader = self._reader_in_row = reader_of(page.contacts[0])
            self._at = at
            self._open_preview()

        self.read(fetch, "contact")

    async def _audience_page(self, at: int) -> ContactList:
        """Of those who would get it; of all contacts while nobody would."""
        segment = self.session.content.get("segmentId")
        if segment:
            page = await self.services.audience.members(segment, at, 1)
            if page.total:
                return page
        return await self.services.contacts.page(at, 1)

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_preview)
