"""Bringing decisions about a segment's members to the server, oldest first.

A run of equal decisions about one segment is one request. Each is harmless when repeated, so a lost answer
costs nothing.
"""

from itertools import groupby

from contract.problems import InternalError as ServerError
from contract.problems import ProblemError, ThrottledError, UnauthenticatedError
from localstore.member_ops import INCLUDE, MemberOp, MemberOps
from localstore.records import DocKind
from localstore.store import Store
from sync.api import Api

MOST_AT_ONCE = 500


class MemberPush:
    """Pushes the pending decisions of one store."""

    def __init__(self, store: Store, api: Api) -> None:
        self._store = store
        self._ops = MemberOps(store)
        self._api = api

    async def push(self) -> None:
        """Push what is due. Raises `TransportError` and what concerns more than these decisions."""
        waiting = [op for op in await self._ops.waiting() if not op.refused]
        for (segment_id, sign), run in groupby(waiting, key=lambda op: (op.segment_id, op.sign)):
            ops = list(run)
            segment = await self._store.row(DocKind.SEGMENT, segment_id)
            if segment is not None and segment.base_rev is None:
                continue  # it must land first
            for start in range(0, len(ops), MOST_AT_ONCE):
                await self._send(segment_id, sign, ops[start : start + MOST_AT_ONCE])

    async def _send(self, segment_id: str, sign: int, ops: list[MemberOp]) -> None:
        method = "POST" if sign == INCLUDE else "DELETE"
        body = {"contactIds": [op.contact_id for op in ops]}
        try:
            reply = await self._api.call(method, f"/api/segments/{segment_id}/members", body=body)
        except (UnauthenticatedError, ThrottledError, ServerError):
            raise
        except ProblemError as error:
            await self._ops.refuse(ops, error.detail)
            return
        await self._ops.landed(ops)
        if reply.feed:
            self._api.saw(reply.feed)
