"""Group commit: one transaction carries every mark and outcome that arrived during the commit before it.

So each mail's state is durable, but a busy sender pays for a few commits per hundred mails.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy.engine import Connection

from backend.db.engine import Database
from backend.delivery.bounces import note_bounces
from backend.delivery.door import give_back, hand, settle
from backend.delivery.outcomes import Outcome
from backend.delivery.sources import Claimed, Source
from backend.delivery.tally import count_ends
from contract.clock import Clock
from contract.delivery import DeliveryState

log = structlog.get_logger(__name__)

RETRY_SECONDS = 0.5

Ends = Sequence[tuple[Claimed, Outcome]]
Listener = Callable[[Ends, Mapping[Source, str]], None]
"""Told of outcomes after they are durable, and of campaigns that must stop because of them."""


class _Asked(NamedTuple):
    row: Claimed
    answer: asyncio.Future[bool]


class _Committed(NamedTuple):
    opened: set[tuple[int, int]]
    tripped: Mapping[Source, str]


class Journal:
    """The one writer of HAND, DONE and BACK for one worker session."""

    def __init__(self, database: Database, session_id: str, clock: Clock, listener: Listener) -> None:
        self._database = database
        self._session_id = session_id
        self._clock = clock
        self._listener = listener
        self._asked: list[_Asked] = []
        self._ends: list[tuple[Claimed, Outcome]] = []
        self._returned: list[Claimed] = []
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def hand(self, row: Claimed) -> bool:
        """Whether the body may be written. True only once the mark is durable."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.append(_Asked(row, answer))
        self._begin()
        return await answer

    def done(self, row: Claimed, outcome: Outcome) -> None:
        """Note how a mail ended; durable with the next commit."""
        self._ends.append((row, outcome))
        self._begin()

    def back(self, row: Claimed) -> None:
        """Give up a claim; nothing was sent."""
        self._returned.append(row)
        self._begin()

    async def settled(self) -> None:
        """Return when everything said so far is durable."""
        await self._idle.wait()

    def _begin(self) -> None:
        self._idle.clear()
        self._work.set()

    async def run(self) -> None:
        """Write until cancelled. Outcomes survive a failing database and are written when it is back."""
        while True:
            await self._work.wait()
            self._work.clear()
            asked, self._asked = self._asked, []
            ends, self._ends = self._ends, []
            returned, self._returned = self._returned, []
            try:
                committed = await self._commit(asked, ends, returned)
            except Exception as error:  # noqa: BLE001 - an outcome must outlive whatever broke the commit
                cause = getattr(error, "orig", None) or error  # its words may hold addresses
                log.warning("journal_failed", error=type(cause).__name__)
                self._ends[:0], self._returned[:0] = ends, returned
                self._refuse(asked)
                self._work.set()
                await self._clock.sleep(RETRY_SECONDS)
                continue
            for row, answer in asked:
                if not answer.done():
                    answer.set_result((row.source.org_id, row.id) in committed.opened)
            if ends:
                self._tell(ends, committed.tripped)
            if not self._work.is_set():
                self._idle.set()

    def _tell(self, ends: Ends, tripped: Mapping[Source, str]) -> None:
        try:
            self._listener(ends, tripped)
        except Exception as error:  # noqa: BLE001 - every lane waits for the next commit, whoever listens
            log.warning("journal_listener_failed", error=type(error).__name__)

    def _refuse(self, asked: Sequence[_Asked]) -> None:
        for _, answer in asked:
            if not answer.done():
                answer.set_result(False)

    async def _commit(self, asked: Sequence[_Asked], ends: Ends, returned: Sequence[Claimed]) -> _Committed:
        now, session_id = self._clock.now(), self._session_id

        def write(connection: Connection) -> _Committed:
            opened: set[tuple[int, int]] = set()
            tripped: Mapping[Source, str] = {}
            if asked:
                opened = hand(connection, [row for row, _ in asked], session_id, now)
            if returned:
                give_back(connection, returned, session_id, now)
            if ends:
                settle(connection, ends, session_id, now)
                bounced = [row for row, end in ends if end.state is DeliveryState.BOUNCED]
                note_bounces(connection, bounced, now)
                tripped = count_ends(connection, ends)
            return _Committed(opened, tripped)

        return await self._database.write_ledger(write)
