"""A whole workspace in memory: an online shop's newsletter on a Monday morning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from contract.clock import Clock, ManualClock
from contract.wire import format_timestamp
from localstore.records import DocKind
from tui.memory.audience import BY_KEY, MemoryAudience
from tui.memory.drafts import MemoryDrafts
from tui.memory.hub import Hub
from tui.memory.library import MemoryLibrary
from tui.memory.people import MemoryContacts
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
    return World(
        hub=hub,
        drafts=drafts,
        sync=MemorySync(hub, drafts),
        contacts=people,
        audience=MemoryAudience(hub, people, drafts),
        sending=MemorySending(hub, drafts, people),
        sequences=MemorySequences(hub, drafts, people),
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
