"""One account's lanes: claimed mails go through the door and onto the wire, and their ends into the journal.

A lane has one connection and at most one mail whose fate is open. So after a crash no more mails are
unknown than there were connections.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from random import Random

import structlog

from backend.delivery import outcomes
from backend.delivery.accounts import Account
from backend.delivery.content import ContentError
from backend.delivery.dkim import SealedKeyError
from backend.delivery.journal import Journal
from backend.delivery.letter import Letter
from backend.delivery.mailer import (
    AccountTroubleError,
    Connection,
    Envelope,
    HeldError,
    LostError,
    Mailer,
    NotSentError,
    RefusedError,
)
from backend.delivery.outcomes import Outcome
from backend.delivery.sources import Claimed, Source
from backend.delivery.turns import CappedError, Turns
from contract.clock import Clock
from contract.delivery import DeliveryState
from render_preview.headers import HeaderError

log = structlog.get_logger(__name__)

CHUNK = 200
CLAIM_SECONDS = 2.0
"""Under a rate, no more is claimed than leaves in this time, so that a claim is never old."""

Claim = Callable[[Source, int], Awaitable[tuple[list[Claimed], int]]]
LetterFor = Callable[[Claimed], Awaitable[Letter]]
Closed = Callable[[Source], bool]
"""Whether a source was stopped by something this pump cannot see, such as a breaker."""

Seats = Callable[[], int]
"""How many of the account's connections are this worker's now."""


class Pump:
    """Sends what is due from these sources through one account, in turn, until nothing is."""

    def __init__(
        self,
        *,
        account: Account,
        mailer: Mailer,
        journal: Journal,
        turns: Turns,
        seats: Seats,
        clock: Clock,
        random: Random,
        claim: Claim,
        letter_for: LetterFor,
        closed: Closed,
    ) -> None:
        self._account = account
        self._mailer = mailer
        self._journal = journal
        self._turns = turns
        self._seats = seats
        self._clock = clock
        self._random = random
        self._claim = claim
        self._letter_for = letter_for
        self._closed = closed
        self._halted: set[Source] = set()
        self._announced: dict[int, Envelope] = {}
        self._in_turn: dict[int, datetime] = {}
        self._queue: asyncio.Queue[Claimed | None] = asyncio.Queue()
        self.trouble: AccountTroubleError | None = None
        self.capped: CappedError | None = None
        self.stopping = False
        self.failed = False
        self.worked = False

    async def run(self, sources: Sequence[Source]) -> None:
        """Return when nothing is due, the account can do no more, or our seats changed; all is settled."""
        seats = self._seats()
        if not seats:
            return
        chunk = CHUNK
        if self._account.rate > 0:
            chunk = max(1, min(CHUNK, int(self._account.rate * CLAIM_SECONDS)))
        self._queue = asyncio.Queue(maxsize=chunk)
        lanes = [asyncio.create_task(self._lane()) for _ in range(seats)]
        try:
            await self._feed_all(sources, chunk, seats)
            await asyncio.gather(*lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
            while not self._queue.empty():
                if (row := self._queue.get_nowait()) is not None:
                    self._journal.back(row)
            await self._journal.settled()
            await self._turns.close()

    async def _feed_all(self, sources: Sequence[Source], chunk: int, seats: int) -> None:
        """However the feeding ends, each lane may end the mail it is at."""
        try:
            await self._feed(sources, chunk, seats)
        except Exception as error:  # noqa: BLE001 - most likely the database is away for a moment
            self._give_up(error)
        for _ in range(seats):
            await self._queue.put(None)

    def _give_up(self, error: Exception) -> None:
        log.warning("pump_failed", account=self._account.key, error=type(error).__name__)
        self.failed = True

    async def _feed(self, sources: Sequence[Source], chunk: int, seats: int) -> None:
        """Sources take turns, so that a large campaign does not make a small one wait."""
        turns = deque(sources)
        while turns and not self._must_stop() and seats == self._seats():
            source = turns.popleft()
            if self._is_halted(source):
                continue
            rows, taken = await self._claim(source, chunk)
            for row in rows:
                await self._queue.put(row)
            if taken:
                self.worked = True
                turns.append(source)

    def _must_stop(self, row: Claimed | None = None) -> bool:
        """Whether nothing more may go. A cap does not hold up what has its turn already."""
        capped = self.capped is not None and (row is None or row.id not in self._in_turn)
        return self.stopping or self.failed or self.trouble is not None or capped

    def _is_halted(self, source: Source) -> bool:
        return source in self._halted or self._closed(source)

    def _peek(self) -> Claimed | None:
        """The row that comes next, if it is here already and will really be sent."""
        if self._queue.empty() or (turn := self._turns.take_now()) is None:
            return None
        row = self._queue.get_nowait()
        if row is None:
            self._queue.put_nowait(None)
            self._turns.put_back(turn)
        else:
            self._in_turn[row.id] = turn
        return row

    async def _await_turn(self, row: Claimed) -> None:
        if self._in_turn.pop(row.id, None) is None:
            await self._turns.take()

    def _back(self, row: Claimed) -> None:
        """Give up a claim, and the turn it had."""
        if (turn := self._in_turn.pop(row.id, None)) is not None:
            self._turns.put_back(turn)
        self._journal.back(row)

    async def _lane(self) -> None:
        connection: Connection | None = None
        following: Claimed | None = None
        row: Claimed | None = None
        try:
            while (row := following or await self._queue.get()) is not None:
                following = self._peek()
                connection = await self._send(connection, row, following)
                row = None
        except asyncio.CancelledError:
            # The row in hand keeps its mark: what was handed may have arrived.
            if following is not None:
                self._back(following)
            raise
        finally:
            if connection is not None:
                await connection.close()

    async def _send(
        self, connection: Connection | None, row: Claimed, following: Claimed | None
    ) -> Connection | None:
        """Bring one mail to an end; the connection if it can be used again."""
        if self._must_stop(row) or self._is_halted(row.source):
            self._back(row)
            return await _closed(connection)
        try:
            letter = await self._letter_for(row)
            message = letter.render(row, self._clock.now())
            await self._await_turn(row)
        except (ContentError, HeaderError) as error:
            self._journal.done(row, Outcome(DeliveryState.FAILED, f"cannot be rendered: {error}"))
            return await _closed(connection)
        except SealedKeyError as error:
            self.trouble = self.trouble or AccountTroubleError(str(error), lasting=True)
            self._back(row)
            return await _closed(connection)
        except CappedError as error:
            self.capped = error
            self._back(row)
            return await _closed(connection)
        except Exception as error:  # noqa: BLE001 - nothing was sent yet, and other lanes are on the wire
            self._give_up(error)
            self._back(row)
            return await _closed(connection)
        envelope = self._announced.pop(row.id, None) or letter.envelope(row)
        ahead = letter.envelope(following) if following is not None else None
        if following is not None and ahead is not None:
            self._announced[following.id] = ahead
        return await self._deliver(connection, row, envelope, message, ahead)

    async def _deliver(
        self,
        connection: Connection | None,
        row: Claimed,
        envelope: Envelope,
        message: bytes,
        ahead: Envelope | None,
    ) -> Connection | None:
        reused = connection is not None
        try:
            if connection is None:
                connection = await self._mailer.connect(self._account.login)
            reply = await connection.send(envelope, message, lambda: self._journal.hand(row), ahead)
        except NotSentError as error:
            if reused:  # it had ended while it was idle; the mail itself is untouched
                await _closed(connection)
                return await self._deliver(None, row, envelope, message, ahead)
            now = self._clock.now()
            self._journal.done(row, outcomes.try_later(str(error), row.attempts, now, self._random))
        except AccountTroubleError as error:
            self.trouble = self.trouble or error
            self._journal.back(row)
        except HeldError:
            self._halted.add(row.source)
            self._journal.back(row)
        except RefusedError as error:
            now = self._clock.now()
            self._journal.done(row, outcomes.refused(error, row.attempts, now, self._random))
            return connection
        except LostError as error:
            self._journal.done(row, outcomes.lost(error))
        else:
            self._journal.done(row, outcomes.accepted(reply))
            return connection
        return await _closed(connection)


async def _closed(connection: Connection | None) -> Connection | None:
    """No connection any more."""
    if connection is not None:
        await connection.close()
    return None
