"""The live preview: on a phone or a desktop, with merge tags or as a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from render_preview.terminal import DESKTOP, PHONE, PreviewCache
from tui.editing.contact_values import contact_values
from tui.mail_pictures import mail_pictures
from tui.screens.block_commands import BlockCommands
from tui.screens.in_sight import in_sight
from tui.text import plain
from tui.widgets.words import Words

if TYPE_CHECKING:
    from contract.contacts import Contact


class PreviewCommands(BlockCommands):
    """Paints only the blocks that changed."""

    phone = True
    _cache: PreviewCache | None = None
    _contact: Contact | None = None
    _contact_at = 0
    _contacts = 0

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
        self._cache = self._cache or PreviewCache()
        values = contact_values(self._contact) if self._contact else None
        width = min(PHONE if self.phone else DESKTOP, self.mail_preview.room)
        pictures = mail_pictures(document, values, width, self._cache)
        self.mail_preview.show(pictures, self.current_id)
        self._show_title(width)

    def _show_title(self, width: int) -> None:
        device = f"{'phone' if self.phone else 'desktop'} {width}"
        who = "merge tags as chips"
        if self._contact:
            name = self._contact.name or self._contact.email
            who = f"{self._contact_at + 1:,}/{self._contacts:,} {name}"
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
        self.phone = not self.phone
        self._open_preview()

    def do_contact(self) -> None:
        if self._contact is not None:
            self._contact = None
            self._open_preview()
        else:
            self._ask_for(self._contact_at)

    def do_next(self) -> None:
        self._ask_for(self._contact_at + (self._contact is not None))

    def do_before(self) -> None:
        self._ask_for(self._contact_at - (self._contact is not None))

    def _ask_for(self, at: int) -> None:
        if self._contacts:
            at %= self._contacts

        async def fetch() -> None:
            page = await self.services.contacts.page(at, 1)
            self._contacts = page.total
            if not page.contacts:
                self.say("There are no contacts to preview as. Merge tags stay chips.")
                return
            self._contact, self._contact_at = page.contacts[0], at
            self._open_preview()

        self.read(fetch, "contact")

    def on_resize(self) -> None:
        self.call_after_refresh(self.show_preview)
