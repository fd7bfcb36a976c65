"""What became of a campaign that was sent in the past: a ledger that adds up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from backend.db.feed import take_row_ids
from backend.db.models.delivery import DeliveryRecord
from backend.demo.customers import Customer
from backend.demo.stage import Stage
from backend.suppressing import mail_address
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState

SEND_TOOK = timedelta(minutes=20)

BOUNCES = (
    "RCPT 550 5.1.1 User unknown",
    "RCPT 550 5.1.1 The mailbox you tried to reach does not exist",
    "RCPT 550 5.2.1 The mailbox is disabled",
    "RCPT 551 5.1.6 The recipient has moved",
)
REFUSED = "body 550 5.7.1 Refused by the recipient's policy"
LOST = "the connection ended after the body was begun"


@dataclass(frozen=True, slots=True)
class Ending:
    """How one mail ended."""

    state: DeliveryState
    reason: str
    attempts: int = 1


def accepted(random: Random) -> Ending:
    """A few needed a second attempt, because the first was put off."""
    attempts = 2 if random.random() < 0.015 else 1
    return Ending(DeliveryState.ACCEPTED, f"250 2.0.0 Ok: queued as {random.getrandbits(40):010X}", attempts)


def _ending(random: Random, customer: Customer) -> Ending:
    """Fits what the contact is today: who bounced then is suppressed now, who left then was skipped."""
    chance = random.random()
    match customer.person.status:
        case ContactStatus.UNSUBSCRIBED if chance < 0.55:
            return Ending(DeliveryState.SKIPPED, "unsubscribed", 0)
        case ContactStatus.BOUNCED if chance < 0.7:
            return Ending(DeliveryState.BOUNCED, random.choice(BOUNCES))
        case ContactStatus.BOUNCED:
            return Ending(DeliveryState.SKIPPED, "suppressed: bounced", 0)
    if chance > 0.9985:
        return Ending(DeliveryState.FAILED, REFUSED)
    if chance > 0.9975:
        return Ending(DeliveryState.UNKNOWN, LOST)
    return accepted(random)


def _moments(random: Random, started: datetime, number: int) -> Iterator[datetime]:
    """Quick at first, slower towards the end, and never quite even."""
    for place in range(number):
        share = (place + random.random()) / number
        yield started + SEND_TOOK * min(share**1.25, 1.0)


async def add_deliveries(
    stage: Stage, source_id: str, customers: list[Customer], started: datetime
) -> list[dict[str, Any]]:
    """One row for each customer, in the order of ids, all of them ended within `SEND_TOOK`."""
    ids = await take_row_ids(stage.session, len(customers))
    moments = _moments(stage.random, started, len(customers))
    rows: list[dict[str, Any]] = []
    for row_id, customer, moment in zip(ids, customers, moments, strict=True):
        ending = _ending(stage.random, customer)
        at = started if ending.state is DeliveryState.SKIPPED else moment
        rows.append(delivery_row(row_id, source_id, customer, ending, at))
    await stage.insert_many(DeliveryRecord, rows)
    return rows


def delivery_row(
    row_id: int,
    source_id: str,
    customer: Customer,
    ending: Ending,
    moment: datetime,
    *,
    step_id: str = "",
    run_no: int = 0,
) -> dict[str, Any]:
    """A row of the ledger that nothing will touch again; of the first revision."""
    return {
        "id": row_id,
        "source_id": source_id,
        "step_id": step_id,
        "run_no": run_no,
        "revision": 1,
        "contact_id": customer.id,
        "address": mail_address(customer.person.email),
        "state": ending.state.value,
        "reason": ending.reason,
        "attempts": ending.attempts,
        "due_at": None,
        "session_id": None,
        "updated_at": moment,
    }
