"""Words typed on a text that something else took the place of meanwhile: merged with it, or a question.

They grew from what this editor stored last. Where the server's text took its place, the history knows from
which of its versions that had grown, so the merge has its true base.
"""

from dataclasses import dataclass

from localstore.decisions import Decisions
from localstore.history import Provenance, remember
from localstore.records import DocKind, Json
from localstore.rows import DocRow
from localstore.store import Store
from sync.canonical import canonical
from sync.merge import merge
from sync.merge_spots import Merged


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, and what it grew from: `last`, which was stored as number `seq`."""

    content: Json
    last: Json
    seq: int


async def put_on_top(store: Store, kind: DocKind, id: str, typed: Typed) -> tuple[Json, int]:
    """(what is stored now, its number). Raises `StaleEditError` if it moved once more: look again."""
    row = await store.row(kind, id)
    if row is None:
        await store.create(kind, id, typed.content)
        return typed.content, 1
    if row.mine is None:
        return typed.content, await store.save(kind, id, typed.content, row.mine_seq)
    known = await store.provenance(kind, id, typed.seq)
    if known is None or known.base is None or row.base is None or known.base_rev == row.base_rev:
        return await _with_own(store, row, typed)
    return await _with_theirs(store, row, typed.content, known)


async def _with_theirs(store: Store, row: DocRow, typed: Json, known: Provenance) -> tuple[Json, int]:
    """Somebody else's text came: an ordinary merge, and an ordinary question."""
    base, there = known.base or {}, row.base or {}
    merged = _merged(row.kind, base, typed, there)
    if not merged.conflicts:
        return merged.content, await store.save(row.kind, row.id, merged.content, row.mine_seq)
    await Decisions(store).dispute(
        row.kind, row.id, typed, seen_seq=row.mine_seq, base=base, rev=known.base_rev
    )
    return typed, row.mine_seq + 1


async def _with_own(store: Store, row: DocRow, typed: Typed) -> tuple[Json, int]:
    """The person herself wrote in another window: what was typed last wins, the rest is kept."""
    there = row.mine or {}
    merged = _merged(row.kind, typed.last, typed.content, there)
    seq = await store.save(row.kind, row.id, merged.content, row.mine_seq)
    if merged.conflicts:
        async with store.writing() as connection:
            await remember(connection, store.clock, row, "typed over in another window", there)
    return merged.content, seq


def _merged(kind: DocKind, base: Json, mine: Json, theirs: Json) -> Merged:
    return merge(canonical(kind, base), canonical(kind, mine), canonical(kind, theirs))
