"""Bringing one document to the server: store the request, send it, write down what came of it.

The same bytes under the same key are sent until an answer is known; what a refusal means is in `refusals`.
"""

from dataclasses import replace
from enum import StrEnum
from random import Random

from contract.clock import Clock
from contract.ids import new_document_id
from contract.problems import (
    CursorExpiredError,
    InternalError,
    ProblemError,
    RewoundError,
    ThrottledError,
    UnauthenticatedError,
)
from localstore.outbox import Outbox
from localstore.records import DocKind, Hold
from localstore.rows import DocRow, Flight
from localstore.store import Store
from sync.api import Api, Reply
from sync.documents import body_for, call_for, content_of_body, parent_segment, split_row
from sync.refusals import Refusals
from sync.schedule import backoff
from sync.wire_errors import TransportError, UnknownOutcomeError

_NOT_OURS = "the answer is not one of this server"


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
        self._refusals = Refusals(store, self._outbox, api)
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
        if not row.dirty or row.hold not in (None, Hold.NEEDS_PARENT):
            return None
        if row.mine is None and row.base_rev is None:
            await self._outbox.forget(row)
            return None
        if await self._waits_for_parent(row):
            return None
        verb, body = body_for(row.kind, row.id, row.mine, row.base_rev)
        flight = Flight(new_document_id(), verb, body, row.mine_seq)
        return replace(row, flight=flight) if await self._outbox.take_off(row, flight) else None

    async def _waits_for_parent(self, row: DocRow) -> bool:
        parent = parent_segment(row.kind, row.mine)
        segment = await self._store.row(DocKind.SEGMENT, parent) if parent else None
        waits = segment is not None and segment.base_rev is None
        if waits and row.hold is None and segment is not None:
            name = (segment.mine or {}).get("name") or "Untitled"
            await self._outbox.hold(row, Hold.NEEDS_PARENT, f"waits for the segment “{name}”")
        elif not waits and row.hold is Hold.NEEDS_PARENT:
            await self._outbox.release(row)
        return waits

    async def _fly(self, row: DocRow, flight: Flight) -> Outcome:
        try:
            return await self._ask(row, flight)
        except TransportError as error:
            return await self._postpone(row, str(error), Outcome.OFFLINE)

    async def _ask(self, row: DocRow, flight: Flight) -> Outcome:
        call = call_for(row.kind, row.id, flight.verb, flight.body)
        try:
            reply = await self._api.call(call.method, call.path, body=call.body, key=flight.op)
        except ProblemError as error:
            return await self._refused(row, flight, error)
        return await self._landed(row, flight, reply)

    async def _landed(self, row: DocRow, flight: Flight, reply: Reply) -> Outcome:
        """Raises `UnknownOutcomeError` for an answer that no server of ours gives."""
        if reply.feed is None:
            raise UnknownOutcomeError(_NOT_OURS)
        if flight.verb == "delete":
            await self._outbox.land_deletion(row, flight.op, reply.feed)
        else:
            answer = reply.body.get(row.kind.value)
            if not isinstance(answer, dict) or not isinstance(answer.get("updatedAt"), str):
                raise UnknownOutcomeError(_NOT_OURS)
            content, facts = split_row(row.kind, answer)
            # The server's own spelling; an answer that was shortened with age has no content left.
            base = content if content["name"] is not None else content_of_body(row.kind, flight.body)
            await self._outbox.land(
                row, flight.op, base=base, rev=answer["updatedAt"], facts=facts, witness=reply.feed
            )
        self._api.saw(reply.feed)
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
        held = await self._refusals.answer(row, flight, error)
        return Outcome.HELD if held else Outcome.AGAIN

    async def _postpone(
        self, row: DocRow, why: str, outcome: Outcome, seconds: float | None = None
    ) -> Outcome:
        wait = backoff(row.attempts, self._random) if seconds is None else seconds
        await self._outbox.postpone(row, why, self._clock.now().timestamp() + wait)
        return outcome
