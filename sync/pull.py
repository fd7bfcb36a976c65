"""Learning what others wrote: the feed, batch by batch.

The cursor moves only with the batch it belongs to. A server that does not know our place any more is read
from the beginning, in one piece; a pull that would delete much of what is here stops and asks.
"""

from contract.feed import Change, Changes
from contract.problems import CursorExpiredError, RewoundError
from localstore.inbox import Inbox, MassDeletionError, Pulled
from localstore.records import DocKind
from localstore.resync import Resync
from localstore.store import Store
from sync.api import Api
from sync.canonical import same_content
from sync.documents import content_of_body, split_row
from sync.wire_errors import UnknownOutcomeError

BATCH = 200
_KINDS = {kind.value for kind in DocKind}


class Pull:
    """Pulls the feed of one account into its store."""

    def __init__(self, store: Store, api: Api) -> None:
        self._store = store
        self._inbox = Inbox(store)
        self._resync = Resync(store, same_content, content_of_body)
        self._api = api

    async def pull(self) -> bool:
        """Apply all there is; whether a document here may have been replaced.

        Raises `MassDeletionError` once the question is kept where every window sees it.
        """
        try:
            return await self._follow()
        except CursorExpiredError:
            return await self._from_the_beginning(rewound=False)
        except RewoundError:
            return await self._from_the_beginning(rewound=True)
        except MassDeletionError as error:
            await self._inbox.asked(error)
            raise

    async def remember_place(self) -> None:
        """Show the server from the first request on how far this computer has seen."""
        self._api.saw((await self._store.meta()).get("witness") or "")

    async def _follow(self) -> bool:
        await self.remember_place()
        cursor = (await self._store.meta()).get("cursor", "")
        replaced, deleted, more = False, 0, True
        while more:
            batch = await self._batch(cursor)
            self._api.saw(batch.cursor)
            changes = _pulled(batch)
            if changes or batch.cursor != cursor:
                done = await self._inbox.pulled(
                    changes, batch.cursor, witness=self._api.witness, deleted_before=deleted
                )
                replaced = bool(done) or replaced
            deleted += sum(change.content is None for change in changes)
            cursor, more = batch.cursor, batch.has_more
        return replaced

    async def _from_the_beginning(self, *, rewound: bool) -> bool:
        """Whatever this computer saw belongs to a history that the server does not have."""
        self._api.witness = None
        there: list[Pulled] = []
        cursor, more = "", True
        while more:
            batch = await self._batch(cursor)
            there += _pulled(batch)
            cursor, more = batch.cursor, batch.has_more
        latest = {(change.kind, change.id): change for change in there}
        await self._resync.apply(list(latest.values()), cursor, rewound=rewound)
        self._api.witness = cursor
        return True

    async def _batch(self, cursor: str) -> Changes:
        return await self._api.get(Changes, "/api/sync/changes", cursor=cursor or None, limit=BATCH)


def _pulled(batch: Changes) -> list[Pulled]:
    return [_one(change) for change in batch.changes if change.kind.value in _KINDS]


def _one(change: Change) -> Pulled:
    kind = DocKind(change.kind.value)
    if change.deleted:
        return Pulled(kind, change.id, None)
    if change.row is None or not isinstance(change.row.get("updatedAt"), str):
        message = "the feed names a document without its content"
        raise UnknownOutcomeError(message)
    content, facts = split_row(kind, change.row)
    return Pulled(kind, change.id, content, change.row["updatedAt"], facts)
