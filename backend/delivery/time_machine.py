"""One contact's way through a sequence on a clock of its own. Nothing is read, written or sent here.

The clock jumps from one moment at which something is due to the next, as a worker's ticks do, and asks
due_steps.py, which is what the worker asks. What segments say is looked up for each moment by whoever plays.
"""

import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.db.epoch import micros, moment
from backend.delivery.due_steps import ACTIVE, EXITED, Known, Move, Person, plan_batch
from backend.delivery.frequency import FrequencyCap, free_at
from backend.delivery.sequence_steps import find_step
from backend.send_windows import opening
from contract.simulation import Ending, Wait, WaitReason

LookUp = Callable[[Person, datetime], Awaitable[Known]]


@dataclass(order=True, slots=True)
class PlayedMail:
    """`at`: when it leaves, or is tried next."""

    at: datetime
    step_id: str
    waits: list[Wait] = field(default_factory=list, compare=False)


@dataclass(slots=True)
class Played:
    """What came of it. `taken_back`: why mails that still waited were not sent."""

    mails: list[PlayedMail]
    ending: Ending
    ends_at: datetime
    reason: str = ""
    taken_back: str = ""


@dataclass(slots=True)
class _Play:
    person: Person
    cap: FrequencyCap | None
    had: list[datetime]
    waiting: list[PlayedMail]
    sent: list[PlayedMail] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    taken_back: str = ""

    def try_mail(self, known: Known) -> None:
        """As a claim does: a limit and the window are asked when a mail is due; a sweep came before."""
        if reason := known.memberships.reason_to_leave(self.person.contact_id):
            self.taken_back, self.waiting = reason, []
            return
        mail = heapq.heappop(self.waiting)
        free = free_at(self.cap, self.had, mail.at) if self.cap else None
        until = opening(known.rules.window, self.person.time_zone, free or mail.at)
        if until == mail.at:
            self.had.append(mail.at)
            self.sent.append(mail)
            return
        reason_to_wait = WaitReason.CAP if free else WaitReason.WINDOW
        waits = [*mail.waits, Wait(reason=reason_to_wait, until=until)]
        heapq.heappush(self.waiting, PlayedMail(until, mail.step_id, waits))

    def move(self, known: Known) -> Move:
        """As ADVANCE does."""
        moves = plan_batch([self.person], known)
        for _, _, step_id, _ in moves.mails:
            heapq.heappush(self.waiting, PlayedMail(known.now, step_id, self.waits))
            self.waits = []
        (move,) = moves.people
        return move

    def go_on(self, known: Known, move: Move) -> None:
        """Wait for what comes next."""
        since, due = moment(move.entered_step_at), moment(move.next_run_at or 0)
        step = find_step(known.steps, move.step_id)
        if step is not None and move.step_id != self.person.step_id:
            self.wait(WaitReason.DELAY, since, since + step.delay)
            since += step.delay
        self.wait(WaitReason.WINDOW, max(since, moment(self.person.next_run_at)), due)
        self.person = self.person._replace(
            step_id=move.step_id, entered_step_at=move.entered_step_at, next_run_at=micros(due)
        )

    def wait(self, reason: WaitReason, since: datetime, until: datetime) -> None:
        if until > since:
            self.waits.append(Wait(reason=reason, until=until))

    def end(self, ending: Ending, at: datetime, reason: str = "") -> Played:
        return Played(self.sent, ending, at, reason, self.taken_back)


async def play(
    person: Person,
    look_up: LookUp,
    start: datetime,
    *,
    cap: FrequencyCap | None,
    had: Sequence[datetime],
    waiting: Sequence[PlayedMail] = (),
) -> Played:
    """From where the contact is to the end. `had`: when mails came that count for the cap.

    `start`: when the clock begins to run; what was due before is due then. `waiting`: mails that are on their
    way. `look_up` is asked about every moment in turn.
    """
    game = _Play(person, cap, list(had), sorted(waiting))
    game.wait(WaitReason.DELAY, moment(person.entered_step_at), moment(person.next_run_at))
    while True:
        now = max(moment(game.person.next_run_at), start)
        if (held := await _send_until(game, look_up, now)) is not None:
            return game.end(Ending.HELD, held)
        known = await look_up(game.person, now)
        if known.memberships.missing:
            return game.end(Ending.HELD, now)
        move = game.move(known)
        if move.state == EXITED:
            return game.end(Ending.EXITED, now, move.reason)
        if move.state != ACTIVE:
            break
        game.go_on(known, move)
    if (held := await _send_until(game, look_up, None)) is not None:
        return game.end(Ending.HELD, held)
    return game.end(Ending.FINISHED, now, move.reason)


async def _send_until(game: _Play, look_up: LookUp, end: datetime | None) -> datetime | None:
    """When a mail is held, if one is, because a segment that a rule asks about is gone."""
    while game.waiting and (end is None or game.waiting[0].at <= end):
        at = game.waiting[0].at
        known = await look_up(game.person, at)
        if known.memberships.missing:
            return at
        game.try_mail(known)
    return None
