"""Bringing one document to the server: store the request, send it, write down what came of it.

The same bytes under the same key are sent until an answer is known; a document that the server refuses
waits for the person while all others go on.
"""

from enum import StrEnum
from random import Random

from contract.clock import Clock
from contract.ids import new_document_id
from contract.problems import (
    ConflictError,
    CursorExpiredError,
    ForbiddenError,
    InternalError,
    MissingError,
    ProblemError,
    RewoundError,
    StaleWriteError,
    ThrottledError,
    UnauthenticatedError,
)
from localstore.outbox import Outbox
from localstore.records import DocKind, Hold
from localstore.rows import DocRow, Flight
from localstore.store import Store
from sync.api import Api, Reply
from sync.documents import body_for, call_for, content_of_body, parent_segment, split_row
from sync.merge import merge
from sync.schedule import backoff
from sync.wire_errors import TransportError


class Outcome(StrEnum):
    """What the attempt tells about the connection and about this document."""

    NOTHING = "nothing to do"
    DONE = "done"
    AGAIN = "again at once"
    HELD = "held for the person"
    LATER = "later"
    OFFLINE = "offline"
    SIGNED_OUT = "signed out"
    RESYNC = "the feed must be read anew"


class Push:
    """Pushes documents of one store through one connection."""

    def __init__(self, store: Store, api: Api, clock: Clock, random: Random) -> None:
        self._store = store
        self._outbox = Outbox(store)
        self._api = api
        self._clock = clock
        self._random = random

    async def push(self, kind: DocKind, id: str) -> Outcome:
        """One attempt for one document."""
        row = await self._store.row(kind, id)
        if row is None:
            return Outcome.NOTHING
        if row.flight is None:
            row = await self._prepare(row)
            if row is None or row.flight is None:
                return Outcome.NOTHING
        return await self._fly(row, row.flight)

    async def _prepare(self, row: DocRow) -> DocRow | None:
        """The row with its request stored; None if nothing is to be sent now."""
        if not row.dirty or row.hold is not None:
            return None
        if row.mine is None and row.base_rev is None:
            await self._outbox.forget(row)
            return None
        if await self._waits_for_parent(row):
            return None
        verb, body = body_for(row.kind, row.id, row.mine, row.base_rev)
        flight = Flight(new_document_id(), verb, body, row.mine_seq)
        await self._outbox.take_off(row, flight)
        return await self._store.row(row.kind, row.id)

    async def _waits_for_parent(self, row: DocRow) -> bool:
        parent = parent_segment(row.kind, row.mine)
        segment = await self._store.row(DocKind.SEGMENT, parent) if parent else None
        return segment is not None and segment.base_rev is None

    async def _fly(self, row: DocRow, flight: Flight) -> Outcome:
        call = call_for(row.kind, row.id, flight.verb, flight.body)
        try:
            reply = await self._api.call(call.method, call.path, body=call.body, key=flight.op)
        except TransportError as error:
            return await self._postpone(row, str(error), Outcome.OFFLINE)
        except ProblemError as error:
            return await self._refused(row, flight, error)
        return await self._landed(row, flight, reply)

    async def _landed(self, row: DocRow, flight: Flight, reply: Reply) -> Outcome:
        if reply.feed:
            self._api.witness = reply.feed
        if flight.verb == "delete":
            await self._outbox.land_deletion(row, flight.op)
            return Outcome.DONE
        answer = reply.body.get(row.kind.value, {})
        _, facts = split_row(row.kind, answer)
        await self._outbox.land(
            row,
            flight.op,
            base=content_of_body(row.kind, flight.body),
            rev=answer["updatedAt"],
            facts=facts,
            witness=reply.feed,
        )
        return Outcome.AGAIN if row.mine_seq > flight.seq else Outcome.DONE

    async def _refused(self, row: DocRow, flight: Flight, error: ProblemError) -> Outcome:
        match error:
            case UnauthenticatedError():
                return Outcome.SIGNED_OUT
            case ThrottledError():
                return await self._postpone(row, error.detail, Outcome.LATER, error.retry_after)
            case InternalError():
                return await self._postpone(row, error.detail, Outcome.LATER)
            case RewoundError() | CursorExpiredError():
                return Outcome.RESYNC
            case ConflictError():
                return await self._conflict(row, flight, error)
            case MissingError() if flight.verb == "delete":
                await self._outbox.land_deletion(row, flight.op)
                return Outcome.DONE
            case MissingError() if flight.verb == "save":
                return await self._hold(row, Hold.GONE, "deleted by someone else")
            case ForbiddenError():
                return await self._hold(row, Hold.FORBIDDEN, error.detail)
            case _:
                return await self._hold(row, Hold.REJECTED, _first_fault(error))

    async def _conflict(self, row: DocRow, flight: Flight, error: ProblemError) -> Outcome:
        if error.current is None:
            return await self._hold(row, Hold.REJECTED, error.detail)
        theirs, facts = split_row(row.kind, error.current)
        rev = error.current["updatedAt"]
        present = await self._store.row(row.kind, row.id)
        mine = present.mine if present is not None else row.mine
        mergeable = isinstance(error, StaleWriteError) and row.base is not None
        if mergeable and mine is not None and row.base is not None:
            merged = merge(row.base, mine, theirs)
            if not merged.conflicts:
                await self._outbox.rebase(
                    row, flight.op, base=theirs, rev=rev, mine=merged.content, facts=facts
                )
                return Outcome.AGAIN
        await self._outbox.hold(row, Hold.CONFLICT, error.detail, theirs=theirs, theirs_rev=rev, facts=facts)
        return Outcome.HELD

    async def _hold(self, row: DocRow, hold: Hold, detail: str) -> Outcome:
        await self._outbox.hold(row, hold, detail)
        return Outcome.HELD

    async def _postpone(
        self, row: DocRow, why: str, outcome: Outcome, seconds: float | None = None
    ) -> Outcome:
        wait = backoff(row.attempts, self._random) if seconds is None else seconds
        await self._outbox.postpone(row, why, self._clock.now().timestamp() + wait)
        return outcome


def _first_fault(error: ProblemError) -> str:
    if error.errors:
        return f"{error.errors[0].path}: {error.errors[0].message}"
    return error.detail
