"""What the server's no means for one document: merge, give up a deletion, or wait for the person.

A refusal concerns this document alone; all others go on.
"""

from contract.problems import (
    ConflictError,
    ForbiddenError,
    IdTakenError,
    LockedError,
    MissingError,
    ProblemError,
    StaleWriteError,
)
from localstore.outbox import Outbox
from localstore.records import Hold
from localstore.rows import DocRow, Flight
from localstore.store import Store
from sync.api import Api
from sync.canonical import canonical, same_content
from sync.documents import SHAPES, Json, split_row
from sync.merge import merge

_LOCKED = {
    "SCHEDULED": "It was scheduled by someone else while you changed it.",
    "SENDING": "It is being sent; what you changed did not get into it.",
    "SENT": "It was sent; what you changed did not get into it.",
    "PAUSED": "It is being sent (paused); what you changed did not get into it.",
    "CANCELLED": "It was cancelled while you changed it.",
}


class Refusals:
    """Answers refusals of one store's requests."""

    def __init__(self, store: Store, outbox: Outbox, api: Api) -> None:
        self._store = store
        self._outbox = outbox
        self._api = api

    async def answer(self, row: DocRow, flight: Flight, error: ProblemError) -> bool:
        """Whether the document now waits for the person; if not, it is settled or pushed again."""
        match error:
            case MissingError() if flight.verb == "delete":
                await self._outbox.land_deletion(row, flight.op)
                return False
            case MissingError() if flight.verb == "save":
                return await self._hold(row, Hold.GONE, "deleted by someone else")
            case ForbiddenError() if flight.verb == "delete":
                await self._outbox.undelete(row, flight.op, error.detail)
                return True
            case ForbiddenError():
                return await self._hold(row, Hold.FORBIDDEN, error.detail)
            case StaleWriteError() if error.current is not None:
                return await self._meet(row, flight, error.current, error.detail)
            case LockedError():
                return await self._locked(row, flight, error)
            case IdTakenError():
                return await self._taken(row, flight, error)
            case ConflictError() if error.current is not None:
                return await self._dispute(row, error.current, error.detail)
            case _:
                return await self._hold(row, Hold.REJECTED, _first_fault(error))

    async def _meet(self, row: DocRow, flight: Flight, current: Json, detail: str) -> bool:
        """Somebody else wrote: merge, or ask."""
        theirs, facts = split_row(row.kind, current)
        present = await self._store.row(row.kind, row.id)
        if present is None or present.mine is None or present.base is None:
            return await self._dispute(row, current, detail)
        base, mine, there = (canonical(row.kind, side) for side in (present.base, present.mine, theirs))
        merged = merge(base, mine, there)
        if merged.conflicts:
            return await self._dispute(row, current, detail)
        await self._outbox.rebase(
            row,
            flight.op,
            present.mine_seq,
            base=theirs,
            rev=current["updatedAt"],
            mine=theirs if merged.content == there else merged.content,
            facts=facts,
        )
        return False

    async def _dispute(self, row: DocRow, current: Json, detail: str, hold: Hold = Hold.CONFLICT) -> bool:
        theirs, facts = split_row(row.kind, current)
        rev = current["updatedAt"]
        await self._outbox.hold(row, hold, detail, theirs=theirs, theirs_rev=rev, facts=facts)
        return True

    async def _locked(self, row: DocRow, flight: Flight, error: ProblemError) -> bool:
        """It left the hands of its writers: what was sent is what the server has."""
        current = await self._current(row)
        if current is None:
            return await self._hold(row, Hold.REJECTED, error.detail)
        if flight.verb == "delete":
            await self._outbox.undelete(row, flight.op, error.detail)
            return True
        detail = _LOCKED.get(str(current.get("status")), error.detail)
        return await self._dispute(row, current, detail, Hold.LOCKED)

    async def _taken(self, row: DocRow, flight: Flight, error: ProblemError) -> bool:
        """Our own creation whose key was forgotten, or another document under the same id."""
        current = await self._current(row)
        if current is None:
            return await self._hold(row, Hold.GONE, error.detail)
        theirs, facts = split_row(row.kind, current)
        if row.mine is not None and same_content(row.kind, row.mine, theirs):
            rev = current["updatedAt"]
            await self._outbox.land(row, flight.op, base=theirs, rev=rev, facts=facts, witness=None)
            return False
        return await self._dispute(row, current, error.detail)

    async def _current(self, row: DocRow) -> Json | None:
        """The document as the server has it; None if it is not there. Raises `TransportError`."""
        try:
            reply = await self._api.call("GET", f"/api/{SHAPES[row.kind].path}/{row.id}")
        except MissingError:
            return None
        found: Json | None = reply.body.get(row.kind.value)
        return found

    async def _hold(self, row: DocRow, hold: Hold, detail: str) -> bool:
        await self._outbox.hold(row, hold, detail)
        return True


def _first_fault(error: ProblemError) -> str:
    if error.errors:
        return f"{error.errors[0].path}: {error.errors[0].message}"
    return error.detail
