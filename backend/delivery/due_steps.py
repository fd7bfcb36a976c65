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
from typing import NamedTuple

from backend.db.epoch import MICROSECOND, micros, moment
from backend.delivery.sequence_steps import Steps, find_step, following
from backend.send_windows import opening
from backend.sequence_rules import Rules
from backend.suppressing import mail_address
from contract.contacts import ContactStatus

ACTIVE, FINISHED, EXITED = "active", "finished", "exited"
ON_TIME = timedelta(minutes=5)
"""A step this late keeps the plan's hours; after a longer gap the next delay counts from now."""
LOOK_AGAIN = timedelta(minutes=10)
"""After which it is asked again whether a segment that was gone is there."""
GOAL_REACHED, LEFT_SEGMENT = "goal reached", "left the segment"


class Person(NamedTuple):
    """An enrolment with its contact; without `status` the contact is gone.

    The moments are in microseconds since 1970, as the table has them. `received`: the steps that the contact
    has a mail of in this run, with spaces between them.
    """

    id: int
    contact_id: int
    run_no: int
    step_id: str | None
    entered_step_at: int
    next_run_at: int
    received: str | None
    email: str
    status: str | None
    time_zone: str | None


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
    """What was looked up."""

    steps: Steps
    rules: Rules
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


def _opening(person: Person, known: Known, at: int) -> int:
    """When, from `at` on, this person may be mailed."""
    window = known.rules.window
    return at if window is None else micros(opening(window, person.time_zone, moment(at)))


def _not_before(person: Person, known: Known, now: int) -> int:
    """When this person may be mailed at the earliest; `now` if at once."""
    if known.memberships.missing:
        return now + LOOK_AGAIN // MICROSECOND
    return _opening(person, known, now)


class _Onward(NamedTuple):
    """`mailed`: what is mailed now, if anything. Without `step_id` it is over. `delay` in microseconds."""

    mailed: str | None
    step_id: str | None = None
    delay: int = 0


def _onward(steps: Steps, step_id: str | None, received: str | None) -> _Onward:
    """What comes for someone who waits for this step and got these already."""
    if step_id is None:
        return _Onward(None)
    got = frozenset((received or "").split())
    mailed = step_id if find_step(steps, step_id) is not None and step_id not in got else None
    step = following(steps, step_id, got)
    return _Onward(mailed, step.id, step.delay // MICROSECOND) if step is not None else _Onward(mailed)


def plan_batch(people: Iterable[Person], known: Known) -> Moves:
    """The mails these people get now, and what they do next."""
    moves, now, on_time = Moves(), micros(known.now), ON_TIME // MICROSECOND
    onward = cache(partial(_onward, known.steps))  # most of a batch are at the same step
    for person in people:
        if reason := _reason_to_leave(person, known):
            moves.people.append(Move(person.id, EXITED, reason, person.step_id, now, None))
            continue
        if (until := _not_before(person, known, now)) > now:
            move = Move(person.id, ACTIVE, "", person.step_id, person.entered_step_at, until)
            moves.people.append(move)
            continue
        mailed, step_id, delay = onward(person.step_id, person.received)
        if mailed is not None:
            address = mail_address(person.email)
            moves.mails.append((person.contact_id, person.run_no, mailed, address))
        since = now if now - person.next_run_at > on_time else person.next_run_at
        if step_id is None:
            moves.people.append(Move(person.id, FINISHED, "", None, since, None))
        else:
            due = _opening(person, known, since + delay)
            moves.people.append(Move(person.id, ACTIVE, "", step_id, since, due))
    return moves
