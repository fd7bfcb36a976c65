"""What people and machines did with a campaign that was sent in the past."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from backend.db.models.event import Event, EventType
from backend.demo.customers import Customer
from backend.demo.stage import Stage
from backend.tracking.recording import freshen
from contract.blocks import Document
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState
from render_preview.targets import links_of

CHANCE = "steeped for three minutes"
"""Of its own, so that what else is in the demo does not depend on it."""
OPENS, CLICKS, AGAIN = 0.46, 0.23, 0.3
PROXIES, SCANNERS = 0.19, 0.015
"""Mailboxes behind Apple's proxy, and behind a scanner that follows every link."""
MOST_OPEN_WITHIN = 5.0
"""Hours."""


class _Recipient:
    """One mail that arrived, and what becomes of it."""

    def __init__(
        self, mail: dict[str, Any], customer: Customer, links: Sequence[int], random: Random
    ) -> None:
        self._mail, self._customer, self._links, self._random = mail, customer, links, random

    def events(self) -> Iterator[dict[str, Any]]:
        came: datetime = self._mail["updated_at"]
        if self._random.random() < PROXIES:
            yield self._event(EventType.OPENED, came + timedelta(seconds=3), by_machine=True)
        if self._random.random() < SCANNERS:
            for link in self._links:
                yield self._event(EventType.CLICKED, came + timedelta(seconds=2), link, by_machine=True)
        left = self._customer.person.status is ContactStatus.UNSUBSCRIBED
        if not left and self._random.random() >= OPENS:
            return
        opened = came + timedelta(hours=0.02 + self._random.expovariate(1 / MOST_OPEN_WITHIN))
        yield self._event(EventType.OPENED, opened, times=self._times())
        if left:
            yield self._event(EventType.UNSUBSCRIBED, opened + timedelta(minutes=1))
        elif self._links and self._random.random() < CLICKS:
            # What stands first in a mail is followed most.
            place = min(int(self._random.expovariate(1.1)), len(self._links) - 1)
            clicked = opened + timedelta(seconds=self._random.randint(6, 240))
            yield self._event(EventType.CLICKED, clicked, self._links[place], times=self._times())

    def _times(self) -> int:
        return 1 + int(self._random.expovariate(1) * AGAIN * 3)

    def _event(
        self, kind: EventType, at: datetime, link: int = 0, *, by_machine: bool = False, times: int = 1
    ) -> dict[str, Any]:
        return {
            "contact_id": self._customer.id,
            "type": kind,
            "delivery_id": self._mail["id"],
            "link": link,
            "by_machine": by_machine,
            "source_id": self._mail["source_id"],
            "times": times,
            "first_at": at,
            "last_at": at + timedelta(hours=times - 1),
        }


async def add_responses(
    stage: Stage, content: Document, mails: list[dict[str, Any]], customers: list[Customer]
) -> None:
    """`mails` are the rows of the ledger, one for each customer. Nothing of it lies in the future."""
    links = tuple(links_of(content))
    random = Random(CHANCE)  # noqa: S311 - make-believe, no secrets
    events = [
        event
        for mail, customer in zip(mails, customers, strict=True)
        if mail["state"] == DeliveryState.ACCEPTED
        for event in _Recipient(mail, customer, links, random).events()
        if event["last_at"] <= stage.now
    ]
    await stage.insert_many(Event, events)
    await freshen(stage.session, {event["contact_id"] for event in events})
