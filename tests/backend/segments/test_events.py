"""Filters that count mails: the database and a count by hand agree on who is in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from backend.contact_pages import count_contacts
from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import Event
from backend.segments.audience import compiler_for
from backend.tracking.recording import freshen
from contract.segment_ast import CountOp, EventCount, Events, Not
from tests.backend.conftest import Member, Server

HOURS = {"1d": 24, "30d": 720, None: 10**6}
NEWS, OFFER = "news", "offer"


@dataclass(frozen=True)
class Mail:
    """`did` are (what, hours ago, link, by a machine)."""

    source: str
    state: str
    hours_ago: float
    did: tuple[tuple[str, float, int, bool], ...] = ()


@dataclass
class Person:
    mails: list[Mail] = field(default_factory=list)

    def count(self, node: EventCount) -> int:
        """By hand. A click proves an open; a mail counts once."""
        hours, found = HOURS[node.within], 0
        for mail in self.mails:
            if node.campaign_id not in (None, mail.source):
                continue
            if node.event in (Events.SENT, Events.BOUNCED):
                states = ("accepted", "complained") if node.event is Events.SENT else ("bounced",)
                found += mail.state in states and mail.hours_ago <= hours
                continue
            proofs = ("opened", "clicked") if node.event is Events.OPENED else ("clicked",)
            found += any(
                what in proofs and ago <= hours and not machine for what, ago, _, machine in mail.did
            )
        return found

    def is_in(self, node: EventCount) -> bool:
        count = self.count(node)
        return {
            CountOp.AT_LEAST: count >= node.count,
            CountOp.AT_MOST: count <= node.count,
            CountOp.EXACTLY: count == node.count,
        }[node.op]


PEOPLE = [
    Person(),
    Person([Mail(NEWS, "skipped", 3)]),
    Person([Mail(NEWS, "accepted", 50, (("opened", 49, 0, True),))]),
    Person([Mail(NEWS, "accepted", 50, (("opened", 2, 0, False), ("opened", 49, 0, True)))]),
    Person([Mail(NEWS, "complained", 900, (("clicked", 800, 1, False), ("clicked", 800, 2, False)))]),
    Person([Mail(NEWS, "accepted", 20, (("clicked", 1, 1, True),)), Mail(OFFER, "bounced", 10)]),
    Person(
        [
            Mail(NEWS, "accepted", 900, (("opened", 900, 0, False),)),
            Mail(OFFER, "accepted", 100, (("opened", 99, 0, False), ("clicked", 98, 3, False))),
            Mail(OFFER, "accepted", 5, (("clicked", 4, 3, False), ("unsubscribed", 4, 0, False))),
        ]
    ),
]


def nodes() -> list[EventCount]:
    made = product(Events, CountOp, range(4), HOURS, (None, OFFER))
    return [
        EventCount(event=event, op=op, count=count, within=within, campaign_id=campaign)
        for event, op, count, within, campaign in made
    ]


async def add(server: Server, org_id: int, contact_ids: list[int], now: datetime) -> None:
    async with server.database.writer(org_id) as session:
        number = 1
        for contact_id, person in zip(contact_ids, PEOPLE, strict=True):
            for place, mail in enumerate(person.mails):
                number += 1
                session.add(
                    DeliveryRecord(
                        id=number, source_id=mail.source, run_no=place, revision=1, contact_id=contact_id,
                        address=f"{contact_id}@x.example", state=mail.state,
                        updated_at=now - timedelta(hours=mail.hours_ago),
                    )
                )  # fmt: skip
                for what, ago, link, machine in mail.did:
                    at = now - timedelta(hours=ago)
                    keys: dict[str, Any] = {"contact_id": contact_id, "delivery_id": number}
                    session.add(
                        Event(
                            type=what, link=link, by_machine=machine, source_id=mail.source,
                            first_at=at - timedelta(hours=1), last_at=at, times=2, **keys,
                        )
                    )  # fmt: skip
        await session.flush()
        await freshen(session, contact_ids)


@pytest.fixture
async def org_id(server: Server, owner: Member) -> int:
    org_id = int(owner.session.org.id)
    ids = []
    for number in range(len(PEOPLE)):
        made = await owner.ok("POST", "/contacts", {"email": f"p{number}@x.example"})
        ids.append(int(made["contact"]["id"]))
    await add(server, org_id, ids, server.clock.now())
    return org_id


async def test_the_database_counts_as_one_does_by_hand(server: Server, org_id: int):
    async with server.database.reader(org_id) as session:
        compiler = await compiler_for(session, server.clock.now())
        for node in nodes():
            for tree, wanted in ((node, True), (Not(not_=node), False)):
                found = select(Contact.email).where(compiler.condition(tree)).order_by(Contact.email)
                people = [f"p{n}@x.example" for n, one in enumerate(PEOPLE) if one.is_in(node) is wanted]
                assert list(await session.scalars(found)) == people, tree


class TestByTheApi:
    async def count(self, owner: Member, text: str) -> int:
        found: int = (await owner.ok("POST", "/segments/preview", {"text": text}))["count"]
        return found

    async def test_text_and_tree_mean_the_same(self, owner: Member, org_id: int):
        assert await self.count(owner, "opened >= 1 within 1d") == 2
        assert await self.count(owner, "never opened") == 4
        assert await self.count(owner, f'clicked >= 2 of campaign "{OFFER}"') == 1
        tree = {"not": {"event": "sent", "op": "exactly", "count": 0}}
        answer = await owner.ok("POST", "/segments/preview", {"dslJson": tree})
        assert (answer["count"], answer["text"], answer["dslJson"]) == (5, "not never sent", tree)

    async def test_machines_put_nobody_into_a_segment(self, owner: Member, org_id: int):
        assert await self.count(owner, "opened >= 1") == 3
        assert await self.count(owner, "clicked >= 1") == 2

    async def test_a_saved_segment_says_why_somebody_is_in(self, owner: Member, org_id: int):
        tree = {"all": [{"event": "opened", "op": "atLeast", "count": 3}, {"field": "name", "op": "isSet"}]}
        await owner.ok("POST", "/segments", {"name": "Readers", "dslJson": tree})
        contact = (await owner.ok("GET", "/contacts?q=p6"))["contacts"][0]
        body = {"dslJson": tree, "contactId": contact["id"]}
        found = await owner.ok("POST", "/segments/explain", body)
        assert found["member"] is False
        assert [(v["text"], v["value"], v["holds"]) for v in found["verdicts"]] == [
            ("opened >= 3", "3", True),
            ("name is set", "not set", False),
        ]

    @pytest.mark.parametrize(
        "wrong", [{"count": -1}, {"count": 10_000}, {"op": "gt"}, {"event": "read"}, {"within": "3 days"}]
    )
    async def test_what_cannot_be_counted_is_refused(self, owner: Member, wrong: dict[str, object]):
        node = {"event": "opened", "op": "atLeast", "count": 1} | wrong
        await owner.refused(400, "invalid", "POST", "/segments", {"name": "X", "dslJson": node})

    async def test_a_block_is_not_shown_by_events(self, owner: Member):
        condition = {"event": "opened", "op": "atLeast", "count": 1}
        block = {"type": "text", "text": "Hi", "showIf": condition}
        content = {"version": 1, "subject": "S", "blocks": [block]}
        await owner.refused(400, "invalid", "POST", "/campaigns", {"name": "X", "contentJson": content})


async def test_counting_reads_no_other_organisation(server: Server, org_id: int, stranger: Member):
    other = int(stranger.session.org.id)
    await stranger.ok("POST", "/contacts", {"email": "p6@x.example"})
    async with server.database.reader(other) as session:
        compiler = await compiler_for(session, server.clock.now())
        node = EventCount(event=Events.OPENED, op=CountOp.AT_LEAST, count=1)
        assert await count_contacts(session, compiler.condition(node)) == 0
