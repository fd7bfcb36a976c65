"""What becomes of people whose step is due: the rules alone, for one moment and as many people as there are.

ADVANCE asks this file before it writes, and the time machine asks it on a clock of its own; so what is
foretold is what happens. Nothing here reads or writes: what has to be known was looked up for all at once.

A segment that a rule asks about and that is gone lets nobody be mailed, and nobody be dropped: mailing could
reach people who have reached the goal, and dropping them could not be taken back. Everyone waits where they
are and is asked about again every now and then, until a person publishes another rule.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import NamedTuple, Protocol

from backend.db.epoch import micros
from backend.delivery.sequence_steps import Step, Steps, find_step, following
from backend.send_windows import opening
from backend.sequence_rules import Rules
from backend.suppressing import mail_address
from contract.contacts import ContactStatus

ACTIVE, FINISHED, EXITED = "active", "finished", "exited"
ON_TIME = timedelta(minutes=5)
"""A step this late keeps the plan's hours; after a longer gap the next delay counts from now."""
LOOK_AGAIN = timedelta(minutes=10)
"""After which it is asked again whether a segment that was gone is there."""
NOTHING: frozenset[str] = frozenset()
GOAL_REACHED, LEFT_SEGMENT = "goal reached", "left the segment"


class Person(Protocol):
    """An enrolment with its contact; without `status` the contact is gone."""

    @property
    def id(self) -> int: ...
    @property
    def contact_id(self) -> int: ...
    @property
    def run_no(self) -> int: ...
    @property
    def step_id(self) -> str | None: ...
    @property
    def entered_step_at(self) -> datetime: ...
    @property
    def next_run_at(self) -> datetime: ...
    @property
    def email(self) -> str: ...
    @property
    def status(self) -> str | None: ...
    @property
    def time_zone(self) -> str | None: ...


NewMail = tuple[int, int, str, str]
"""Contact, run, step, address."""


class Move(NamedTuple):
    """What an enrolment becomes; the moments are in microseconds since 1970."""

    id: int
    state: str
    reason: str
    step_id: str | None
    entered_step_at: int
    next_run_at: int | None


@dataclass(frozen=True, slots=True)
class Memberships:
    """What the segments say about these people. `missing`: one that is asked about is gone."""

    in_goal: Collection[int] = ()
    left: Collection[int] = ()
    missing: bool = False

    def reason_to_leave(self, contact_id: int) -> str:
        """Empty for whoever stays."""
        if self.missing:
            return ""
        if contact_id in self.in_goal:
            return GOAL_REACHED
        return LEFT_SEGMENT if contact_id in self.left else ""


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up. `received`: the steps that each contact and run has a mail of."""

    steps: Steps
    rules: Rules
    received: Mapping[tuple[int, int], frozenset[str]]
    suppressed: Mapping[str, str]
    memberships: Memberships
    now: datetime


@dataclass(slots=True)
class Moves:
    """What one batch writes."""

    mails: list[NewMail] = field(default_factory=list)
    people: list[Move] = field(default_factory=list)


def _reason_to_leave(person: Person, known: Known) -> str:
    if person.status is None:
        return "contact was deleted"
    if person.status != ContactStatus.SUBSCRIBED:
        return person.status
    if known.suppressed and (why := known.suppressed.get(mail_address(person.email))):
        return f"suppressed: {why}"
    return known.memberships.reason_to_leave(person.contact_id)


def _not_before(person: Person, known: Known) -> datetime:
    """When this person may be mailed at the earliest; `now` if at once."""
    if known.memberships.missing:
        return known.now + LOOK_AGAIN
    return opening(known.rules.window, person.time_zone, known.now)


def _leave(person: Person, reason: str, now: datetime) -> Move:
    return Move(person.id, EXITED, reason, person.step_id, micros(now), None)


def _wait(person: Person, until: datetime) -> Move:
    since = micros(person.entered_step_at)
    return Move(person.id, ACTIVE, "", person.step_id, since, micros(until))


def _wait_for(step: Step | None, person: Person, since: datetime, known: Known) -> Move:
    if step is None:
        return Move(person.id, FINISHED, "", None, micros(since), None)
    due = opening(known.rules.window, person.time_zone, since + step.delay)
    return Move(person.id, ACTIVE, "", step.id, micros(since), micros(due))


def _onward(steps: Steps, step_id: str | None, got: frozenset[str]) -> tuple[str | None, Step | None]:
    """The step to be mailed now, if any, and the one to wait for, to someone who got these already."""
    if step_id is None:
        return None, None
    due = find_step(steps, step_id) is not None and step_id not in got
    return (step_id if due else None), following(steps, step_id, got)


def plan_batch(people: Iterable[Person], known: Known) -> Moves:
    """The mails these people get now, and what they do next."""
    moves, now = Moves(), known.now
    onward = cache(partial(_onward, known.steps))  # most of a batch are at the same step
    for person in people:
        if reason := _reason_to_leave(person, known):
            moves.people.append(_leave(person, reason, now))
            continue
        if (until := _not_before(person, known)) > now:
            moves.people.append(_wait(person, until))
            continue
        got = known.received.get((person.contact_id, person.run_no), NOTHING)
        mailed, step = onward(person.step_id, got)
        if mailed is not None:
            address = mail_address(person.email)
            moves.mails.append((person.contact_id, person.run_no, mailed, address))
        since = now if now - person.next_run_at > ON_TIME else person.next_run_at
        moves.people.append(_wait_for(step, person, since, known))
    return moves
