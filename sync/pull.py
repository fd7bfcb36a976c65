"""Learning what others wrote: the feed, batch by batch.

The cursor moves only with the batch it belongs to. A batch that would delete much of what is here stops
and is said instead of applied.
"""

from datetime import datetime

from contract.feed import Change, Changes
from contract.problems import CursorExpiredError, RewoundError
from localstore.inbox import Inbox, Pulled
from localstore.records import DocKind
from localstore.store import Store
from sync.api import Api
from sync.documents import split_row

BATCH = 200
_KINDS = {kind.value for kind in DocKind}


class Pull:
    """Pulls the feed of one account into its store."""

    def __init__(self, store: Store, api: Api) -> None:
        self._store = store
        self._inbox = Inbox(store)
        self._api = api

    async def pull(self) -> bool:
        """Apply all there is; whether a document here was replaced."""
        cursor = (await self._store.meta()).get("cursor", "")
        replaced = False
        more = True
        while more:
            batch = await self._batch(cursor)
            changes = [_pulled(change) for change in batch.changes if change.kind.value in _KINDS]
            if changes or batch.cursor != cursor:
                replaced = bool(await self._inbox.pulled(changes, batch.cursor)) or replaced
            cursor, more = batch.cursor, batch.has_more
            self._api.witness = cursor or self._api.witness
        return replaced

    async def _batch(self, cursor: str) -> Changes:
        try:
            return await self._api.get(Changes, "/api/sync/changes", cursor=cursor or None, limit=BATCH)
        except (CursorExpiredError, RewoundError):
            # Read everything again: rows with words of their own are never touched by a pull.
            self._api.witness = None
            return await self._api.get(Changes, "/api/sync/changes", limit=BATCH)


def _pulled(change: Change) -> Pulled:
    kind = DocKind(change.kind.value)
    if change.deleted or change.row is None:
        return Pulled(kind, change.id, None)
    content, facts = split_row(kind, change.row)
    rev = change.row["updatedAt"]
    return Pulled(kind, change.id, content, rev, facts, _seconds(rev))


def _seconds(rev: str) -> float:
    """Only for the order of a list; the token itself is never compared."""
    try:
        return datetime.fromisoformat(rev).timestamp()
    except ValueError:
        return 0.0
