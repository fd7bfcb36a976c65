"""The mails of campaigns that are on their way in memory, each by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contract.delivery import GOT_IT, DeliveryList, Outbox, OutboxEntry
from contract.problems import ForbiddenError
from localstore.records import DocKind
from sync.errors import RefusedError
from tui.moments import read_moment
from tui.sending_services import MailsWanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract.delivery import Delivery, Progress
    from tui.memory.drafts import MemoryDrafts
    from tui.memory.hub import Hub
    from tui.memory.running import MemorySequences
    from tui.memory.sending import MemorySending
    from tui.sending_services import MailSource

_ORDER = ("SENDING", "PAUSED", "SCHEDULED")


class MemoryMails:
    """`waits` by campaign id; `resent` remembers what was sent again, `exported` what was written."""

    def __init__(
        self, hub: Hub, drafts: MemoryDrafts, sending: MemorySending, sequences: MemorySequences
    ) -> None:
        self._hub, self._drafts, self._sending, self._sequences = hub, drafts, sending, sequences
        self.waits: dict[str, list[str]] = {}
        self.asked = 0
        self.pages: list[tuple[MailsWanted, int]] = []
        self.resent: list[tuple[str, list[str] | None, str]] = []
        self.exported: list[tuple[str, MailsWanted, int]] = []
        self.may_send = True

    async def outbox(self) -> Outbox:
        self._hub.reach_server()
        self.asked += 1
        waiting = [s for s in self._drafts.list(DocKind.CAMPAIGN) if s.fields.get("status") in _ORDER]
        waiting.sort(key=lambda s: _ORDER.index(s.fields["status"]))
        return Outbox(
            campaigns=[
                OutboxEntry(
                    id=summary.id,
                    name=summary.name,
                    status=summary.fields["status"],
                    send_at=read_moment(summary.fields.get("sendAt")),
                    local_time=read_moment(summary.fields.get("localTime")),
                    starts_at=read_moment(summary.fields.get("startsAt")),
                    paused_reason=summary.fields.get("pausedReason"),
                    progress=self._sending.progress(summary.id),
                    waits=self.waits.get(summary.id, []),
                )
                for summary in waiting
            ]
        )

    async def progress(self, source: MailSource) -> Progress | None:
        self._hub.reach_server()
        kind, id = source
        return self._sequences.progress(id) if kind is DocKind.SEQUENCE else self._sending.progress(id)

    def _fitting(self, source: MailSource, wanted: MailsWanted) -> list[Delivery]:
        words, (kind, id) = wanted.words.casefold(), source
        mails = self._sequences.mails(id) if kind is DocKind.SEQUENCE else self._sending.mails(id)
        return [
            mail
            for mail in mails
            if wanted.state in (None, mail.state)
            and wanted.delivered in (None, mail.state in GOT_IT)
            and (words in mail.email.casefold() or words in mail.reason.casefold())
        ]

    async def page(self, source: MailSource, wanted: MailsWanted, offset: int, limit: int) -> DeliveryList:
        self._hub.reach_server()
        self.pages.append((wanted, offset))
        fitting = self._fitting(source, wanted)
        return DeliveryList(
            deliveries=fitting[offset : offset + limit], next_cursor=None, total=len(fitting), offset=offset
        )

    async def resend(self, source: MailSource, delivery_ids: list[str] | None, words: str) -> int:
        self._hub.reach_server()
        if not self.may_send:
            raise RefusedError(ForbiddenError("Your role does not allow you to send campaigns."))
        kind, id = source
        self.resent.append((id, delivery_ids, words))
        if kind is DocKind.SEQUENCE:
            return len(self._fitting(source, MailsWanted("unknown", words=words)))
        unknown = self._sending.unknown.get(id, set())
        numbers = {int(number) for number in delivery_ids} if delivery_ids is not None else set(unknown)
        self._sending.unknown[id] = unknown - numbers
        return len(unknown & numbers)

    async def export(self, source: MailSource, wanted: MailsWanted, wrote: Callable[[int, int], None]) -> str:
        self._hub.reach_server()
        lines = len(self._fitting(source, wanted))
        self.exported.append((source[1], wanted, lines))
        wrote(lines, lines)
        return "/home/ana/handbill/exports/mails.csv"
