"""Answering "what changed after this cursor", each document once, with its whole present state."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from backend.db.feed import feed_head
from backend.db.models.feed import FeedEntry
from backend.domain import Presenter
from backend.witness import check_position
from backend.work import Work
from contract.feed import Change, Changes, Kind

Presenters = Mapping[Kind, Presenter]


async def changes_after(work: Work, presenters: Presenters, cursor: str, limit: int) -> Changes:
    """A page of changes; `cursor` "" begins at the beginning.

    Raises `CursorExpiredError` and `RewoundError`.
    """
    after = await check_position(work.session, cursor, "cursor") if cursor else 0
    following = select(FeedEntry).where(FeedEntry.seq > after).order_by(FeedEntry.seq).limit(limit + 1)
    entries = list(await work.session.scalars(following))
    has_more = len(entries) > limit
    entries = entries[:limit]
    newest = {(entry.kind, entry.doc_id): entry for entry in entries}
    kept = sorted(newest.values(), key=lambda entry: entry.seq)
    changes = await _with_rows(work, presenters, kept)
    if not entries:
        return Changes(changes=[], cursor=cursor or await feed_head(work.session), has_more=False)
    reached = f"{entries[-1].seq}.{entries[-1].nonce}"
    return Changes(changes=changes, cursor=reached, has_more=has_more)


async def _with_rows(work: Work, presenters: Presenters, entries: Sequence[FeedEntry]) -> list[Change]:
    """A document that is gone by now is deleted, whatever the entry said."""
    ids: dict[Kind, list[str]] = defaultdict(list)
    for entry in entries:
        ids[Kind(entry.kind)].append(entry.doc_id)
    rows = {kind: await presenters[kind](work, ids[kind]) for kind in ids if kind in presenters}
    return [_change(entry, rows.get(Kind(entry.kind))) for entry in entries]


def _change(entry: FeedEntry, rows: dict[str, dict[str, object]] | None) -> Change:
    kind = Kind(entry.kind)
    if rows is None:
        return Change(kind=kind, id=entry.doc_id, updated_at=entry.updated_at)
    row = rows.get(entry.doc_id)
    version = str(row["updatedAt"]) if row else entry.updated_at
    return Change(kind=kind, id=entry.doc_id, updated_at=version, deleted=row is None, row=row)
