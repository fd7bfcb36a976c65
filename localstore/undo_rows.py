"""The undo line of a draft in the local store.

It is written in the transaction that stores the content, and the row says to which of its contents the line
belongs. Whatever else changes a draft (a merge, a pull, a decision) gives it a new number and knows nothing
of the line, which thereby ends: nobody else's words can be undone.
"""

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from localstore.records import DocKind
from localstore.rows import DOC, UNDO_STEP
from localstore.undo_line import NO_LINE, STEPS_KEPT, Left, UndoLine, UndoMove

LINES_KEPT = 40
"""Of so many drafts, those changed last, steps are kept."""


async def put_move(connection: AsyncConnection, kind: DocKind, id: str, move: UndoMove) -> None:
    """Store what was left; the draft's row is the caller's business."""
    if not move.left and move.cut is None:
        return
    mine = (UNDO_STEP.c.kind == kind) & (UNDO_STEP.c.id == id)
    gone = UNDO_STEP.c.place.in_(move.left) | (UNDO_STEP.c.place < move.at - STEPS_KEPT)
    if move.cut is not None:
        gone |= UNDO_STEP.c.place > move.cut
    await connection.execute(delete(UNDO_STEP).where(mine, gone))
    rows = [
        {"kind": kind, "id": id, "place": place, "body": one.body, "focus": one.focus}
        for place, one in move.left.items()
        if place >= move.at - STEPS_KEPT
    ]
    if rows:
        await connection.execute(insert(UNDO_STEP), rows)
    if move.cut == 0:
        await _forget_old(connection)


async def _forget_old(connection: AsyncConnection) -> None:
    """A new line began: the one that was left alone longest makes room."""
    key = tuple_(UNDO_STEP.c.kind, UNDO_STEP.c.id)
    with_steps = tuple_(DOC.c.kind, DOC.c.id).in_(select(UNDO_STEP.c.kind, UNDO_STEP.c.id))
    latest = select(DOC.c.kind, DOC.c.id).where(with_steps).order_by(DOC.c.recency.desc()).limit(LINES_KEPT)
    await connection.execute(delete(UNDO_STEP).where(key.not_in(latest)))


async def undo_line(connection: AsyncConnection, kind: DocKind, id: str) -> UndoLine:
    """The stored line; whether it still belongs to the draft, `seq` says."""
    row = select(DOC.c.undo_seq, DOC.c.undo_at).where(DOC.c.kind == kind, DOC.c.id == id)
    found = (await connection.execute(row)).first()
    if found is None or found.undo_seq < 0:
        return NO_LINE
    steps = select(UNDO_STEP.c.place, UNDO_STEP.c.body, UNDO_STEP.c.focus).where(
        UNDO_STEP.c.kind == kind, UNDO_STEP.c.id == id
    )
    left = {step.place: Left(step.body, step.focus) for step in await connection.execute(steps)}
    return UndoLine(found.undo_seq, found.undo_at, left)
