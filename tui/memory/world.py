"""A whole workspace in memory: an online shop's newsletter on a Monday morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from contract.accounts import AccountState, SendingAccount
from contract.clock import Clock, ManualClock
from contract.suppressions import BY_HAND, COMPLAINT
from contract.wire import format_timestamp
from localstore.records import DocKind
from tui.memory.accounts import MemoryAccounts, MemorySuppressions
from tui.memory.audience import BY_KEY, MemoryAudience
from tui.memory.drafts import MemoryDrafts
from tui.memory.hub import Hub
from tui.memory.library import MemoryLibrary
from tui.memory.mails import MemoryMails
from tui.memory.people import MemoryContacts
from tui.memory.rules import MemoryRules
from tui.memory.running import MemoryMailbox, MemorySequences
from tui.memory.samples import caught_mails, document, segment_filters, sequence_steps
from tui.memory.sending import MemorySending
from tui.memory.shipment import Shipment
from tui.memory.surroundings import MemoryLinks, MemoryVersions
from tui.memory.syncing import MemorySync
from tui.services import Services

if TYPE_CHECKING:
    from typing import Any


def doc_id(number: int) -> str:
    """A document id that is the same in every run."""
    return f"018f0000-0000-7000-8000-{number:012d}"


@dataclass
class World:
    """The twins themselves, to look into and to break; `services` is what the app is given."""

    hub: Hub
    drafts: MemoryDrafts
    sync: MemorySync
    contacts: MemoryContacts
    audience: MemoryAudience
    sending: MemorySending
    mails: MemoryMails
    accounts: MemoryAccounts
    suppressions: MemorySuppressions
    rules: MemoryRules
    sequences: MemorySequences
    mailbox: MemoryMailbox
    templates: MemoryLibrary
    snippets: MemoryLibrary
    links: MemoryLinks
    versions: MemoryVersions

    @property
    def services(self) -> Services:
        """The seam."""
        return Services(
            drafts=self.drafts,
            sync=self.sync,
            contacts=self.contacts,
            audience=self.audience,
            sending=self.sending,
            mails=self.mails,
            accounts=self.accounts,
            suppressions=self.suppressions,
            rules=self.rules,
            sequences=self.sequences,
            mailbox=self.mailbox,
            templates=self.templates,
            snippets=self.snippets,
            links=self.links,
            versions=self.versions,
            clock=self.hub.clock,
        )


def empty_world(clock: Clock | None = None, *, contacts: int = 0, catcher: bool = False) -> World:
    """A workspace on its first day."""
    hub = Hub(clock or ManualClock())
    drafts, people = MemoryDrafts(hub), MemoryContacts(hub, contacts)
    sending = MemorySending(hub, drafts, people)
    sequences = MemorySequences(hub, drafts, people)
    return World(
        hub=hub,
        drafts=drafts,
        sync=MemorySync(hub, drafts),
        contacts=people,
        audience=MemoryAudience(hub, people, drafts),
        sending=sending,
        mails=MemoryMails(hub, drafts, sending, sequences),
        accounts=MemoryAccounts(hub),
        suppressions=MemorySuppressions(hub),
        rules=MemoryRules(hub),
        sequences=sequences,
        mailbox=MemoryMailbox([], present=catcher),
        templates=MemoryLibrary(hub),
        snippets=MemoryLibrary(hub),
        links=MemoryLinks(),
        versions=MemoryVersions(hub),
    )


def lifelike_world(clock: Clock | None = None, *, contacts: int = 1_200) -> World:
    """A draft "Spring offer", three segments, a running sequence, a campaign being sent, caught mails."""
    world = empty_world(clock, contacts=contacts, catcher=True)
    _add_segments(world)
    _add_campaigns(world)
    _add_accounts(world)
    _add_suppressions(world)
    steps = sequence_steps()
    _put(
        world,
        DocKind.SEQUENCE,
        40,
        {"name": "Welcome", "segmentId": doc_id(11), "steps": steps},
        {"status": "ACTIVE", "publishedRevision": 2, "unpublishedChanges": False, "activeEnrolments": 86},
    )
    world.mailbox.mails.extend(caught_mails(world.contacts.everyone, world.hub.clock.now()))
    return world


def _put(world: World, kind: DocKind, number: int, content: dict[str, Any], facts: dict[str, Any]) -> None:
    world.drafts.put(kind, doc_id(number), content, facts)


def _add_segments(world: World) -> None:
    for number, (name, node, text) in enumerate(segment_filters(BY_KEY), start=11):
        count = len(world.audience.matching(node, None))
        content = {"name": name, "dslJson": node.model_dump(mode="json", by_alias=True)}
        _put(world, DocKind.SEGMENT, number, content, {"text": text, "memberCount": count})


def _add_campaigns(world: World) -> None:
    now, monotonic = world.hub.clock.now(), world.hub.clock.monotonic()
    later = format_timestamp(now + timedelta(hours=23))
    last_week = format_timestamp(now - timedelta(days=6, hours=1))
    for number, name, segment, status, at, about in (
        (21, "February news", 11, "SENT", last_week, "What we made in February"),
        (22, "Restock alert", 12, "CANCELLED", None, "Back in stock"),
        (23, "Loyalty points", 13, "PAUSED", last_week, "Your points are waiting"),
        (24, "Easter opening hours", 11, "SCHEDULED", later, "When we are open at Easter"),
        (
            25,
            "March news",
            11,
            "SENDING",
            format_timestamp(now - timedelta(minutes=2)),
            "Longer days, new tea",
        ),
        (26, "Survey", 13, "DRAFT", None, "Two questions for you"),
        (27, "Spring offer", 12, "DRAFT", None, "Spring is here, {{ name | friend }}"),
    ):
        content = {"name": name, "contentJson": document(about), "segmentId": doc_id(segment), "sendAt": at}
        facts = {
            "status": status,
            "pausedReason": "3 % of the last 500 mails bounced" if status == "PAUSED" else None,
        }
        _put(world, DocKind.CAMPAIGN, number, content, facts)
    shipments = world.sending.shipments
    shipments[doc_id(21)] = Shipment(9_120, 40, monotonic - 518_400)
    shipments[doc_id(22)] = Shipment(410, 1, monotonic - 900_000, stopped=monotonic - 899_900, cancelled=True)
    shipments[doc_id(23)] = Shipment(2_400, 10, monotonic - 600, stopped=monotonic - 552)
    shipments[doc_id(25)] = Shipment(9_600, 40, monotonic - 120)


def _add_accounts(world: World) -> None:
    """The shop's own server, one that rests, and one that somebody paused."""
    common = {"from_name": "Kettle & Crumb", "tls": "starttls", "username": "news"}
    for account in (
        SendingAccount(
            id="1", name="Shop server", host="mail.shop.example", port=587, from_email="news@shop.example",
            rate=50, daily_cap=20_000, used_today=4_830, lanes=8, is_default=True, **common,
        ),
        SendingAccount(
            id="2", name="Provider", host="smtp.provider.example", port=465, from_email="hello@shop.example",
            state=AccountState.RESTING, paused_reason="421 4.7.0 too many connections, slow down",
            rests_until=world.hub.clock.now() + timedelta(minutes=4), **common,
        ),
        SendingAccount(
            id="3", name="Old server", host="old.shop.example", port=25, from_email="news@old.shop.example",
            state=AccountState.PAUSED, paused_reason="by bo@shop.example: the contract ended", **common,
        ),
    ):  # fmt: skip
        world.accounts.put(account)
    world.accounts.working.add(("mail.shop.example", 587))


def _add_suppressions(world: World) -> None:
    now, everyone = world.hub.clock.now(), world.contacts.everyone
    for number in range(0, 260, 2):
        reason = "bounced" if number % 4 else "unsubscribed"
        source = "February news" if number % 6 else "Loyalty points"
        world.suppressions.put(everyone[number].email, reason, now - timedelta(hours=700 - number), source)
    world.suppressions.put(everyone[7].email, COMPLAINT, now - timedelta(days=3), "February news")
    world.suppressions.put(None, BY_HAND, now - timedelta(hours=20))
