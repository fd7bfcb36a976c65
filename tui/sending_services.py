"""What screens need of the server to send: campaigns on their way, each mail, accounts, people in sequences.

As in `tui/services.py`, what is `async` raises `sync.errors.ServiceError`, whose text is a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from contract.accounts import SendingAccount, SendingAccountList, SendingAccountTried
    from contract.campaigns import Approval, Campaign
    from contract.deliverability import Deliverability
    from contract.delivery import DeliveryList, Funnel, Outbox, Progress
    from contract.dkim import DkimKey
    from contract.members import Organisation
    from contract.preflight import PreflightPage
    from contract.reports import CampaignReport, SequenceReport
    from contract.roles import Role
    from contract.sequences import EnrolmentList, PauseSoFar, Plan, Sequence
    from contract.simulation import Simulation
    from contract.suppressions import Suppression, SuppressionList
    from localstore.records import DocKind, Json

    MailSource = tuple[DocKind, str]

list_ = list
"""`Accounts.list` hides the name inside its class."""


@dataclass(frozen=True)
class MailsWanted:
    """Which mails of a source: in this state, that arrived or did not, with words in address or reason."""

    state: str | None = None
    delivered: bool | None = None
    words: str = ""


class Sending(Protocol):
    """Campaigns on their way. Nothing here is ever queued offline."""

    async def funnel(self, id: str) -> Funnel:
        """Who will be mailed and who drops out, for the synced campaign."""

    async def preflight(self, id: str, cursor: str | None) -> PreflightPage:
        """Look at the copies of the next recipients of the synced campaign; a `RefusedError` says why not."""

    async def send(
        self,
        id: str,
        *,
        at: datetime | None,
        undo_seconds: int,
        audience_hash: str | None,
        in_each_zone: bool = False,
    ) -> Campaign:
        """Send now (with an undo) or at a time, pinned to the synced content.

        `in_each_zone`: when clocks show the time of `at` where each contact is.
        """

    async def act(self, id: str, action: str) -> Campaign:
        """unschedule, pause, resume or cancel."""

    async def test(self, id: str, to: list[str], contact_id: str | None = None) -> list[str]:
        """A test mail to these addresses, with a contact's or a sample's values; those that were accepted."""

    async def approval(self, id: str) -> Approval:
        """Whether somebody else must approve the synced campaign, and who did."""

    async def approve(self, id: str, audience_hash: str) -> Approval:
        """Approve the synced content for this audience, so that somebody else may send it."""

    async def report(self, id: str) -> CampaignReport:
        """What became of it, over time and by link, provider and revision."""


class Mails(Protocol):
    """What is on its way, and each mail of a campaign or a sequence by name."""

    async def outbox(self) -> Outbox:
        """What is scheduled, being sent or paused, how far it is and why it waits."""

    async def progress(self, source: MailSource) -> Progress | None:
        """Counts by state; None before it began."""

    async def page(self, source: MailSource, wanted: MailsWanted, offset: int, limit: int) -> DeliveryList:
        """Mails `offset` to `offset + limit` of those that fit, with how many fit."""

    async def resend(self, source: MailSource, delivery_ids: list[str] | None, words: str) -> int:
        """Send unknown mails again: these, or all with these words; how many."""

    async def export(self, source: MailSource, wanted: MailsWanted, wrote: Callable[[int, int], None]) -> str:
        """Write those that fit into a CSV file; its path. `wrote` hears (lines, of how many)."""


class Accounts(Protocol):
    """Through which servers mail leaves. Passwords go there and never come back."""

    @property
    def remembered(self) -> bool:
        """Whether the last list is what this computer remembers, because the server is away."""

    async def list(self) -> SendingAccountList:
        """All of them, with how each stands."""

    async def save(self, id: str | None, settings: Json) -> SendingAccount:
        """A new one, or other settings for one; only what is given changes."""

    async def test(self, id: str) -> SendingAccountTried:
        """Try to sign in at its server."""

    async def act(self, id: str, verb: str, reason: str = "") -> SendingAccount:
        """pause, resume, or default."""

    async def delete(self, id: str) -> None:
        """Remove it. Raises `ServiceError` while a campaign is on its way through it."""

    async def check(self, id: str) -> Deliverability:
        """What receivers find about its sender's domain."""

    async def keys(self, id: str) -> list_[DkimKey]:
        """The DKIM keys of an account, the oldest first."""

    async def make_key(self, id: str, algorithm: str) -> DkimKey:
        """A new key, which signs nothing until it is activated."""

    async def activate_key(self, key_id: str) -> None:
        """Sign with it from the next mail on."""

    async def delete_key(self, key_id: str) -> None:
        """Never sign with it again."""


class Suppressions(Protocol):
    """Addresses that are never written to."""

    @property
    def remembered(self) -> bool:
        """Whether the last page is what this computer remembers, because the server is away."""

    async def page(self, cursor: str | None, query: str, reason: str) -> SuppressionList:
        """The next of those that fit, the newest first."""

    async def add(self, email: str) -> Suppression:
        """Never write to an address again."""

    async def undo(self, hash: str) -> None:
        """Let it be written to again. Raises `ServiceError` for a complaint."""


class Rules(Protocol):
    """What the organisation has set for everyone's sending."""

    @property
    def remembered(self) -> bool:
        """Whether what was shown last is what this computer remembers, because the server is away."""

    async def show(self) -> Organisation:
        """As it is now."""

    async def role(self) -> Role:
        """Who the person is in it."""

    async def change(self, changes: Json) -> Organisation:
        """Only what is given changes. Raises `ServiceError` for whoever is no owner."""


class Sequences(Protocol):
    """Running sequences."""

    async def plan(self, id: str) -> Plan:
        """What publishing the synced draft would do."""

    async def simulate(
        self, id: str, email: str, *, enters_at: datetime | None = None, draft: bool | None = None
    ) -> Simulation:
        """What a contact would get of the synced draft, or of what people run: see `contract.simulation`."""

    async def activate(self, id: str, plan_hash: str) -> Sequence:
        """Publish as planned."""

    async def pause(self, id: str) -> Sequence:
        """Freeze everyone in it."""

    async def paused(self, id: str) -> PauseSoFar:
        """What resuming would be about."""

    async def resume(self, id: str, overdue: str, hours: float = 24.0) -> Sequence:
        """Let it run on; what was due meanwhile goes by `contract.sequences.Overdue`."""

    async def enrolments(self, id: str, cursor: str | None) -> EnrolmentList:
        """Who is in it, and where."""

    async def report(self, id: str) -> SequenceReport:
        """What became of it so far: its people, its mails by step, over time, by link and provider."""
