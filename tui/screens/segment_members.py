"""The members of a segment: paging, adding by address, taking out, and why someone is in or out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstore.records import DocKind
from sync.errors import ServiceError
from tui.contact_rows import contact_row
from tui.screens.contacts import check_address
from tui.screens.dialogs import AskText, Confirm
from tui.screens.explanation import ExplanationScreen
from tui.screens.place import Place
from tui.text import count_words, plain
from tui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from contract.contacts import Contact
    from contract.segment_ast import AnyNode


class SegmentMembers(Place):
    """The half of `SegmentDetail` that speaks about people."""

    segment_id: str
    showing_members = False

    def filter_text(self) -> str:
        """The filter as typed."""
        raise NotImplementedError

    def filter_node(self) -> AnyNode:
        """What it means."""
        raise NotImplementedError

    def show_sample(self) -> None:
        """Back from the members to the sample of the filter."""
        raise NotImplementedError

    def do_members(self) -> None:
        self.showing_members = not self.showing_members
        self.set_class(self.showing_members, "-members")
        people = self.query_one(PagedList)
        if self.showing_members:
            self.query_one("#count").update(plain("Asking the server …"))  # type: ignore[attr-defined]
            people.focus()
            self.read(self._open_members, "members")
        else:
            self.show_sample()
        self.show_hints()

    async def _open_members(self) -> None:
        await self.services.sync.wait_synced(DocKind.SEGMENT, self.segment_id)
        self.query_one(PagedList).open()

    def on_paged_list_page_needed(self, event: PagedList.PageNeeded) -> None:
        if self.showing_members:
            self.read(lambda: self._page(event), "page", exclusive=False)

    async def _page(self, event: PagedList.PageNeeded) -> None:
        try:
            page = await self.services.audience.members(self.segment_id, event.offset, event.limit)
        except BaseException:
            event.list.page_failed(event.offset, event.generation)
            raise
        rows = [contact_row(contact) for contact in page.contacts]
        event.list.show_page(event.offset, rows, page.total, event.generation)
        words = f"{count_words(page.total, 'member')}: the filter, and what was decided by hand"
        self.query_one("#count").update(plain(words))  # type: ignore[attr-defined]
        self.show_hints()

    async def do_add(self) -> None:
        def answered(line: str | None) -> None:
            if line:
                self.ask_server(lambda: self._add(line.replace(",", " ").split()))

        ask = AskText(
            "Include contacts, whatever the filter says",
            "One or more addresses, separated by spaces.",
            placeholder="ana@example.com bo@example.com",
            check=lambda line: next(
                (w for a in line.replace(",", " ").split() if (w := check_address(a))), None
            ),
        )
        await self.app.push_screen(ask, answered)

    async def _add(self, emails: list[str]) -> None:
        added = await self.services.audience.add(self.segment_id, emails)
        self.say(f"{count_words(added, 'contact')} included.")
        self._again()

    def _again(self) -> None:
        if self.showing_members:
            self.query_one(PagedList).open()
        else:
            self.show_sample()

    async def do_remove(self) -> None:
        chosen: list[Contact] = [row.data for row in self.query_one(PagedList).chosen]

        def answered(yes: bool | None) -> None:
            if yes:
                self.ask_server(lambda: self._remove(chosen))

        words = "They stay contacts, and stay out of this segment whatever the filter says."
        question = Confirm(f"Take {count_words(len(chosen), 'contact')} out?", words, "Take out")
        await self.app.push_screen(question, answered)

    async def _remove(self, chosen: list[Contact]) -> None:
        removed = await self.services.audience.remove(self.segment_id, [c.id for c in chosen])

        async def restore() -> None:
            await self.services.audience.add(self.segment_id, [c.email for c in chosen])
            self._again()

        name = count_words(removed, "contact")
        self.app.undo_shelf.put(name, restore)  # type: ignore[attr-defined]
        self.say(f"{name} taken out. Press u in the list to undo.")
        self._again()

    async def do_explain(self) -> None:
        row = self.query_one(PagedList).row

        def answered(address: str | None) -> None:
            if address:
                self.ask_server(lambda: self._explain(address))

        ask = AskText(
            "Why is this contact in or out?",
            value=row.data.email if row else "",
            placeholder="ana@example.com",
            check=check_address,
        )
        await self.app.push_screen(ask, answered)

    async def _explain(self, address: str) -> None:
        found = await self.services.contacts.page(0, 5, address)
        contact = next((c for c in found.contacts if c.email.lower() == address.lower()), None)
        if contact is None:
            message = f"No contact has the address {address}."
            raise ServiceError(message)
        text, node = self.filter_text(), self.filter_node()
        explanation = await self.services.audience.explain(text, contact.id, self.segment_id)
        await self.app.push_screen(ExplanationScreen(contact.email, explanation, node))
