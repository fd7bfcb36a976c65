"""Campaigns on their way: progress follows the injected clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contract.auth import UserInfo
from contract.campaigns import Approval, Campaign
from contract.delivery import (
    Delivery,
    DeliveryState,
    Funnel,
    Progress,
)
from contract.preflight import PreflightPage
from contract.problems import AudienceDriftedError, BadTransitionError
from contract.reports import CampaignReport, Response, RevisionCount
from contract.transitions import CAMPAIGN_TRANSITIONS, CampaignAction, CampaignStatus
from contract.wire import format_timestamp
from localstore.records import DocKind
from sync.errors import RefusedError
from tui.memory import response
from tui.memory.shipment import Shipment

if TYPE_CHECKING:
    from datetime import datetime

    from tui.memory.drafts import MemoryDrafts
    from tui.memory.hub import Hub
    from tui.memory.people import MemoryContacts

SOMEONE = UserInfo(id="1", email="ana@shop.example")
"""Whoever sits at this workspace."""
_REASONS = {
    DeliveryState.BOUNCED: "550 5.1.1 no such mailbox",
    DeliveryState.SKIPPED: "unsubscribed since the campaign was frozen",
    DeliveryState.FAILED: "the server closed the connection",
    DeliveryState.UNKNOWN: "no answer after the text was handed over",
}


class MemorySending:
    """`shipments` by campaign id; `tests` remembers test mails."""

    def __init__(self, hub: Hub, drafts: MemoryDrafts, contacts: MemoryContacts) -> None:
        self._hub, self._drafts, self._contacts = hub, drafts, contacts
        self.shipments: dict[str, Shipment] = {}
        self.tests: list[tuple[str, tuple[str, ...]]] = []
        self.tested_as: list[str | None] = []
        self.acts: list[tuple[str, str]] = []
        self.approvals: dict[str, Approval] = {}
        self.needs_approval = False
        self.tracks = True
        self.revisions: list[RevisionCount] = []
        self.preflight_pages: list[PreflightPage] = []
        self.unknown: dict[str, set[int]] = {}

    def _status(self, id: str) -> CampaignStatus:
        draft = self._drafts.get(DocKind.CAMPAIGN, id)
        return CampaignStatus(draft.facts.get("status", "DRAFT")) if draft else CampaignStatus.DRAFT

    def _campaign(self, id: str) -> Campaign:
        draft = self._drafts.get(DocKind.CAMPAIGN, id)
        assert draft is not None
        now = self._hub.clock.now()
        return Campaign(
            id=id,
            org_id="1",
            name=draft.content["name"],
            content_json=draft.content["contentJson"],
            status=self._status(id),
            send_at=draft.content.get("sendAt"),
            local_time=draft.facts.get("localTime"),
            segment_id=draft.content.get("segmentId"),
            paused_reason=draft.facts.get("pausedReason"),
            created_at=now,
            updated_at=format_timestamp(now),
            progress=self.progress(id),
        )

    def progress(self, id: str) -> Progress | None:
        """The counts as the server would give them; None before it began."""
        shipment = self.shipments.get(id)
        if shipment is None:
            return None
        counted = shipment.progress(self._hub.clock.monotonic())
        lost = len(self.unknown.get(id, ()))
        return counted.model_copy(update={"unknown": lost, "accepted": counted.accepted - lost})

    async def funnel(self, id: str) -> Funnel:  # noqa: ARG002  # everyone gets it here
        self._hub.reach_server()
        matched = len(self._contacts.everyone)
        suppressed, unsubscribed = matched // 41, matched // 29
        return Funnel(
            matched=matched,
            suppressed=suppressed,
            unsubscribed=unsubscribed,
            duplicate=0,
            will_send=matched - suppressed - unsubscribed,
            audience_hash=f"audience-{matched}",
        )

    async def preflight(self, id: str, cursor: str | None) -> PreflightPage:
        """`preflight_pages` if a test put some in; else each of the audience's copies is whole."""
        funnel = await self.funnel(id)
        if not self.preflight_pages:
            return PreflightPage(checked=funnel.will_send, broken=[], next_cursor=None)
        return self.preflight_pages[int(cursor or 0)]

    async def send(
        self,
        id: str,
        *,
        at: datetime | None,
        undo_seconds: int,
        audience_hash: str | None,
        in_each_zone: bool = False,
    ) -> Campaign:
        funnel = await self.funnel(id)
        if audience_hash not in (None, funnel.audience_hash):
            raise RefusedError(AudienceDriftedError())
        when = at or self._hub.clock.now() + timedelta(seconds=undo_seconds)
        self._move(id, CampaignAction.SCHEDULE)
        draft = self._drafts.get(DocKind.CAMPAIGN, id)
        assert draft is not None
        wall = at.replace(tzinfo=None).isoformat() if at is not None and in_each_zone else None
        facts = draft.facts | {"status": "SCHEDULED", "localTime": wall}
        self._drafts.put(
            DocKind.CAMPAIGN, id, draft.content | {"sendAt": format_timestamp(when)}, facts, draft.state
        )
        self._hub.changed()
        return self._campaign(id)

    def _move(self, id: str, action: CampaignAction) -> CampaignStatus:
        after = CAMPAIGN_TRANSITIONS.get((self._status(id), action))
        if after is None:
            raise RefusedError(BadTransitionError())
        return after

    async def act(self, id: str, action: str) -> Campaign:
        self._hub.reach_server()
        after = self._move(id, CampaignAction(action))
        self.acts.append((id, action))
        now = self._hub.clock.monotonic()
        if shipment := self.shipments.get(id):
            shipment.act(action, now)
        reason = "paused by ana@shop.example" if after is CampaignStatus.PAUSED else None
        self._drafts.set_facts(DocKind.CAMPAIGN, id, status=str(after), pausedReason=reason)
        return self._campaign(id)

    async def test(self, id: str, to: list[str], contact_id: str | None = None) -> list[str]:
        self._hub.reach_server()
        self.tests.append((id, tuple(to)))
        self.tested_as.append(contact_id)
        return [address for address in to if "@" in address]

    async def approval(self, id: str) -> Approval:
        self._hub.reach_server()
        given = self.approvals.get(id) or Approval(required=False, stands=False)
        return given.model_copy(update={"required": self.needs_approval})

    async def approve(self, id: str, audience_hash: str) -> Approval:
        funnel = await self.funnel(id)
        if audience_hash != funnel.audience_hash:
            raise RefusedError(AudienceDriftedError())
        self.approvals[id] = Approval(
            required=True, stands=True, approved_by=SOMEONE, approved_at=self._hub.clock.now()
        )
        return await self.approval(id)

    async def report(self, id: str) -> CampaignReport:
        self._hub.reach_server()
        progress = self.progress(id) or Progress(total=0)
        shipment = self.shipments.get(id)
        reasons = {text: n for state, text in _REASONS.items() if (n := getattr(progress, state))}
        if not shipment:
            return CampaignReport(progress=progress)
        started = self._hub.clock.now() - timedelta(seconds=self._hub.clock.monotonic() - shipment.started)
        minutes = shipment.minutes(self._hub.clock.monotonic())
        seen = response.response(progress) if self.tracks else Response(sent=progress.accepted)
        return CampaignReport(
            progress=progress,
            reasons=reasons,
            started_at=started,
            tracks_opens=self.tracks,
            tracks_clicks=self.tracks,
            response=seen,
            course=response.course(started, minutes, seen, progress.bounced),
            links=response.links(seen),
            providers=response.providers(seen),
            revisions=self.revisions,
        )

    def mails(self, id: str) -> list[Delivery]:
        """Each by name; those in `unknown` are of numbers."""
        progress = self.progress(id) or Progress(total=0)
        unknown = self.unknown.get(id, set())
        return [
            self._delivery(n, progress, unknown)
            for n in range(min(progress.total, len(self._contacts.everyone)))
        ]

    def _delivery(self, number: int, progress: Progress, unknown: set[int]) -> Delivery:
        contact = self._contacts.everyone[number]
        state = DeliveryState.UNKNOWN if number + 1 in unknown else _state_of(number, progress)
        return Delivery(
            id=str(number + 1),
            contact_id=contact.id,
            email=contact.email,
            name=contact.name,
            state=state,
            reason=_REASONS.get(state, ""),
            attempts=0 if state is DeliveryState.PENDING else 1,
            updated_at=self._hub.clock.now(),
        )


def _state_of(number: int, progress: Progress) -> DeliveryState:
    if number >= progress.done:
        return DeliveryState.PENDING
    for every, state in (
        (83, DeliveryState.BOUNCED),
        (131, DeliveryState.SKIPPED),
        (401, DeliveryState.FAILED),
    ):
        if number % every == every - 1:
            return state
    return DeliveryState.ACCEPTED
