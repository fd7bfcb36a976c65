"""People in the demo's running sequence, and the mails they got on their way.

Everyone in the segment is or was in it: a missing one would be enrolled, and mailed, at the first tick.
"""

from collections.abc import Sequence as Many
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from backend.db.feed import take_row_ids
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery.due_steps import ACTIVE, EXITED, FINISHED
from backend.demo.customers import Customer
from backend.demo.past_send import BOUNCES, Ending, accepted, delivery_row
from backend.demo.stage import Stage
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState
from contract.sequences import StepIn

QUIET_FOR = timedelta(days=9)
"""Nothing is due for so long."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How far someone came: they got the first `passed` steps, the last of them at `stepped_at`."""

    customer: Customer
    state: str
    passed: int
    entered_at: datetime
    stepped_at: datetime
    next_run_at: datetime | None = None


class _Planner:
    """Decides where each one stands. `delays[i]` is waited before step i."""

    def __init__(self, random: Random, now: datetime, opened_at: datetime, steps: Many[StepIn]) -> None:
        self._random = random
        self._now = now
        self._opened_at = opened_at
        self._delays = [timedelta(hours=step.delay_hours) for step in steps]

    def way(self, customer: Customer) -> _Way:
        if customer.person.status is not ContactStatus.SUBSCRIBED:
            return self._left(customer)
        earliest = max(customer.person.created_at, self._opened_at)
        whole = sum(self._delays, timedelta())
        if earliest < self._now - whole and self._random.random() < 0.45:
            entered = self._between(earliest, self._now - whole)
            return _Way(customer, FINISHED, len(self._delays), entered, entered + whole)
        return self._waiting(customer, earliest)

    def _between(self, first: datetime, last: datetime) -> datetime:
        return first + max(last - first, timedelta()) * self._random.random()

    def _left(self, customer: Customer) -> _Way:
        """After the first mail, which is where most people leave."""
        entered = self._between(max(customer.person.created_at, self._opened_at), self._now)
        return _Way(customer, EXITED, 1, entered, entered)

    def _waiting(self, customer: Customer, earliest: datetime) -> _Way:
        """At one of the steps for which there was time since `earliest`."""
        fitting = [
            passed
            for passed in range(1, len(self._delays))
            if passed == 1
            or earliest <= self._now - sum(self._delays[:passed], self._delays[passed] - QUIET_FOR)
        ]
        passed = self._random.choice(fitting)
        delay = self._delays[passed]
        stepped = self._between(max(self._now - (delay - QUIET_FOR), earliest), self._now)
        entered = stepped - sum(self._delays[:passed], timedelta())
        return _Way(customer, ACTIVE, passed, entered, stepped, stepped + delay)

    def moments(self, way: _Way) -> list[datetime]:
        """When each of the passed steps was mailed."""
        sent: list[datetime] = []
        moment = way.entered_at
        for delay in self._delays[: way.passed]:
            moment += delay
            sent.append(moment)
        return sent


async def add_enrolments(
    stage: Stage, sequence_id: str, steps: Many[StepIn], customers: list[Customer], opened_at: datetime
) -> None:
    """Everyone of `customers`, and a delivery for each step they passed."""
    planner = _Planner(stage.random, stage.now, opened_at, steps)
    ways = sorted((planner.way(customer) for customer in customers), key=lambda way: way.entered_at)
    ids = await take_row_ids(stage.session, len(ways))
    rows = [_row(row_id, sequence_id, way, steps) for row_id, way in zip(ids, ways, strict=True)]
    await stage.insert_many(EnrolmentRecord, rows)
    await _add_mails(stage, sequence_id, steps, ways, planner)


def _row(row_id: int, sequence_id: str, way: _Way, steps: Many[StepIn]) -> dict[str, Any]:
    return {
        "id": row_id,
        "sequence_id": sequence_id,
        "contact_id": way.customer.id,
        "run_no": 1,
        "revision": 1,
        "step_id": steps[way.passed].id if way.passed < len(steps) else None,
        "state": way.state,
        "exit_reason": way.customer.person.status.value if way.state == EXITED else "",
        "entered_at": way.entered_at,
        "entered_step_at": way.stepped_at,
        "next_run_at": way.next_run_at,
    }


async def _add_mails(
    stage: Stage, sequence_id: str, steps: Many[StepIn], ways: list[_Way], planner: _Planner
) -> None:
    sent = [
        (moment, way, step) for way in ways for moment, step in zip(planner.moments(way), steps, strict=False)
    ]
    sent.sort(key=lambda mail: (mail[0], mail[1].customer.id))
    rows = [
        delivery_row(
            row_id, sequence_id, way.customer, _ending(stage.random, way), moment, step_id=step.id, run_no=1
        )
        for row_id, (moment, way, step) in zip(
            await take_row_ids(stage.session, len(sent)), sent, strict=True
        )
    ]
    await stage.insert_many(DeliveryRecord, rows)


def _ending(random: Random, way: _Way) -> Ending:
    if way.customer.person.status is ContactStatus.BOUNCED:
        return Ending(DeliveryState.BOUNCED, random.choice(BOUNCES))
    return accepted(random)
