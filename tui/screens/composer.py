"""The campaign composer: blocks on the left, the chosen one in the middle, the mail on the right."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from localstore.records import DocKind
from sync.errors import ServiceError
from tui.commands import bindings
from tui.editing.session import DraftSession
from tui.places import open_versions
from tui.screens.dialogs import AskText
from tui.screens.document_list import check_name
from tui.screens.replace_commands import ReplaceCommands
from tui.segment_words import why_unfinished
from tui.status_words import campaign_status
from tui.text import count_words, plain
from tui.widgets.words import Words

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.services import Services

Json = dict[str, Any]
_TONES = {"accent": "$accent", "good": "$success", "warn": "$warning", "quiet": "$quiet", "": ""}


class ComposerScreen(ReplaceCommands):
    """One campaign."""

    SCOPE = "composer"
    BINDINGS: ClassVar[list[BindingType]] = bindings("composer")

    def __init__(self, services: Services, id: str) -> None:
        super().__init__(services, DraftSession(services, DocKind.CAMPAIGN, id))
        self._audience: str = ""
        self._counted: str | None = None

    @property
    def crumb(self) -> str:
        return self.session.name

    def document_in(self, content: Json) -> Json:
        document: Json = content.get("contentJson") or {"version": 1, "blocks": []}
        return document

    def with_document(self, content: Json, document: Json) -> Json:
        return content | {"contentJson": document}

    def head(self) -> ComposeResult:
        with Horizontal(classes="line"):
            yield Static("To", classes="label", markup=False)
            yield Words(id="to", fixed=True)
            yield Words(id="checks")

    async def on_mount(self) -> None:
        await self.session.open()
        if not self.session.read_only and not str(self.mail.get("subject") or "").strip():
            self.call_after_refresh(self.query_one("#subject").focus)

    async def on_unmount(self) -> None:
        await self.session.close()

    async def show_all(self, *, focus: str = "", keep: bool = False) -> None:
        await super().show_all(focus=focus, keep=keep)
        self.show_to()

    def notice(self) -> str:
        reason = self.session.read_only
        if self.session.status == "PAUSED" and not reason:
            return "Paused: what you change goes to those who did not get it yet."
        if self.session.status == "SCHEDULED" and reason:
            when = self.session.departure(self.services.clock.now())
            return f"Scheduled for {when}: read-only. F8 takes it back to a draft; C saves it as a copy."
        return f"{reason} C saves it as a copy that can be changed." if reason else ""

    def show_to(self) -> None:
        """The segment, how many would get it, and the status."""
        segment = self.session.content.get("segmentId")
        if segment != self._counted:
            self._counted, self._audience = segment, ""
            if segment:
                self.read(self._count, "audience")
        status = campaign_status(self.session.facts.get("status"))
        draft = self.session.status == "DRAFT"
        who = plain(self._segment_name(segment), "" if segment else "$warning")
        line = [
            who,
            plain(self._audience, "$quiet"),
            Content() if draft else Content.styled(status.text, _TONES.get(status.tone, "")),
        ]
        self.query_one("#to", Words).say(Content(" · ").join([part for part in line if part]))
        self.show_checks()

    def _segment_name(self, segment: str | None) -> str:
        if not segment:
            return "nobody yet: choose a segment with F5"
        draft = self.services.drafts.get(DocKind.SEGMENT, segment)
        if draft is None or draft.deleted:
            return "not here"
        name = str(draft.content.get("name") or "Untitled")
        return f"{name} (filter not finished)" if why_unfinished(draft) else name

    async def _count(self) -> None:
        segment = self.session.content.get("segmentId")
        if not segment:
            return
        try:
            members = await self.services.audience.members(segment, 0, 1)
            total = members.total or 0
            self._audience = f"{total:,} would get it"
        except ServiceError:
            known = self._known_count(segment)
            self._audience = f"{known} when last asked" if known else "not counted while offline"
        self.show_to()

    def _known_count(self, segment: str) -> str:
        draft = self.services.drafts.get(DocKind.SEGMENT, segment)
        count = draft.facts.get("memberCount") if draft else None
        return count_words(count, "contact") if isinstance(count, int) else ""

    def show_findings(self) -> None:
        super().show_findings()
        self.show_checks()

    def show_checks(self) -> None:
        """How many findings there are, in a few words."""
        errors = sum(finding.level == "error" for finding in self.findings)
        others = len(self.findings) - errors
        parts = [count_words(errors, "error")] if errors else []
        parts += [count_words(others, "hint")] if others else []
        words = f"{', '.join(parts)}  F7" if parts else "✓ nothing to fix"
        tone = "$error" if errors else "$quiet" if others else "$success"
        self.query_one("#checks", Words).say(Content.styled(words, tone))

    def first_hints(self) -> tuple[str, ...]:
        if self.session.status == "SCHEDULED":
            return ("unschedule", "save_copy")
        return ("save_copy",) if self.session.read_only else ("send",)

    def why_not(self, verb: str) -> str | None:
        if verb in ("rename", "segment", "account") and (reason := self.session.read_only):
            return reason
        if verb == "send" and self.session.status not in ("DRAFT", "SCHEDULED"):
            return "It was sent already, or is on its way. Save it as a copy (C) to send it again."
        if verb == "unschedule" and self.session.status != "SCHEDULED":
            return "It is not scheduled."
        return super().why_not(verb)

    async def do_versions(self) -> None:
        await self.flush()
        await open_versions(self.app, self.services, self.session, self.show_all)

    async def do_rename(self) -> None:
        async def named(name: str | None) -> None:
            if name:
                await self.session.edit(lambda content: content | {"name": name}, focus="name")
                self.show_frame()

        await self.app.push_screen(AskText("Rename", value=self.session.name, check=check_name), named)

    async def do_segment(self) -> None:
        from tui.screens.segment_picker import SegmentPicker

        async def chosen(segment: str | None) -> None:
            if segment:
                await self.session.edit(lambda content: content | {"segmentId": segment}, focus="segment")
                self.show_to()
                self.show_hints()

        picker = SegmentPicker(self.services, self.session.content.get("segmentId"))
        await self.app.push_screen(picker, chosen)

    def do_account(self) -> None:
        from tui.screens.account_picker import choose_account

        async def ask() -> None:
            found = await self.services.accounts.list()
            await choose_account(self, self.session, found.accounts, self.show_to)

        self.ask_server(ask)

    async def do_send(self) -> None:
        from tui.screens.review import ReviewScreen

        await self.flush()
        await self.app.push_screen(ReviewScreen(self.services, self.session, self.jump, self.reader))

    def do_unschedule(self) -> None:
        async def unschedule() -> None:
            await self.services.sending.act(self.session.id, "unschedule")
            self.say("It is a draft again. Nobody was mailed.")
            await self.catch_up()

        self.ask_server(unschedule)

    async def do_save_copy(self) -> None:
        content = copy.deepcopy(self.session.content)
        content |= {"name": f"{self.session.name} (copy)"[:200], "sendAt": None}
        id = await self.services.drafts.create(DocKind.CAMPAIGN, content)
        await self.app.switch_screen(ComposerScreen(self.services, id))
        self.app.notify("This is the copy: a draft of its own.", markup=False)
