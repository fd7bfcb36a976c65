"""Short, exact scenes for the bugs that are planted: each says what must hold where one went wrong before."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from localstore import decisions
from localstore.decisions import Decisions
from localstore.inbox import Inbox, MassDeletionError, Pulled
from localstore.locks import draft_lock
from localstore.records import Hold
from sync import agenda, merge, order_merge, text_merge
from sync.editing import open_draft
from tests.sync.conftest import CAMPAIGN, World, mail
from tests.sync.test_pull import reopened, two

Scene = Callable[[World], Awaitable[None]]
FRESH = "018f0000-0000-7000-8000-0000000000ee"


def ensure(holds: object, what: str) -> None:
    """A scene's check, told from any other failure."""
    if not holds:
        raise CaughtError(what)


class CaughtError(Exception):
    """A scene noticed that something is wrong."""


async def lost_answer(world: World) -> None:
    """A writer alone whose answer was lost types on, and meets no question."""
    desk = await world.desk()
    id = await desk.create(mail("one"))
    await desk.push_all()
    await desk.write(id, mail("two"))
    desk.line.fault = "answer lost"
    await desk.push.push(CAMPAIGN, id)
    await desk.write(id, mail("three"))
    await desk.push_all()
    ensure(desk.line.bodies[-2] == desk.line.bodies[-3], "other bytes under the same key")
    ensure(desk.draft(id).state.hold is None, "conflict with oneself")
    row = await world.on_server(desk, id)
    ensure(row["contentJson"]["blocks"][0]["text"] == "three", "lost")
    ensure(not desk.draft(id).state.dirty, "not drained")


async def typed_in_flight(world: World) -> None:
    """Words typed while a request is out are still to be sent."""
    desk = await world.desk()
    id = await desk.create(mail("one"))
    row = await desk.push._prepare(await desk.store.row(CAMPAIGN, id))
    await desk.write(id, mail("two"))
    await desk.push._fly(row, row.flight)
    ensure(desk.draft(id).state.dirty, "newer words count as sent")
    await desk.push_all()
    ensure((await world.on_server(desk, id))["contentJson"]["blocks"][0]["text"] == "two", "lost")


async def two_writers(world: World) -> None:
    """Two people change different and the same things."""
    ana, ben, id = await two(world)
    await ana.write(id, mail("base", "of ana"))
    await ben.write(id, mail("base") | {"name": "of ben"})
    await ana.push_all()
    await ben.push_all()
    row = await world.on_server(ben, id)
    ensure(row["name"] == "of ben", "the second writer's change is lost")
    ensure([b["text"] for b in row["contentJson"]["blocks"]] == ["base", "of ana"], "the first's is lost")
    await ana.pull.pull()
    await ana.write(id, mail("ana's", "of ana"))
    await ben.write(id, mail("ben's", "of ana") | {"name": "of ben"})
    await ana.push_all()
    await ben.push_all()
    ensure(ben.draft(id).state.hold is Hold.CONFLICT, "the same words changed twice ask nobody")
    ensure(ben.texts(id)[0] == "ben's", "typed words are gone")


async def pulled_while_dirty(world: World) -> None:
    """A pull never takes the place of words of one's own, nor a deletion."""
    ana, ben, id = await two(world)
    await ben.write(id, mail("of ben"))
    await ana.write(id, mail("of ana"))
    await ana.push_all()
    await ben.pull.pull()
    ensure(ben.texts(id) == ["of ben"], "overwritten by a pull")
    await ana.store.remove(CAMPAIGN, id, undo_seconds=0)
    await ana.push_all()
    await ben.pull.pull()
    ensure(ben.peek.get(CAMPAIGN, id) is not None, "deleted by a pull")


async def cut_batch(world: World) -> None:
    """A batch that breaks in the middle is asked for again."""
    desk = await world.desk()
    good = Pulled(CAMPAIGN, "a", {"name": "x"}, "r1")
    bad = Pulled(CAMPAIGN, "b", {"name": object()}, "r1")
    with pytest.raises(TypeError):
        await Inbox(desk.store).pulled([good, bad], "9.x")
    ensure((await desk.store.meta()).get("cursor") != "9.x", "the cursor went on without its batch")


async def restored(world: World) -> None:
    """A server that lost its memory overwrites nothing."""
    ana, _, id = await two(world)
    copy = world.back_up()
    await ana.write(id, mail("newer"))
    await ana.push_all()
    world.restore(copy)
    again = await reopened(world, ana)
    other = await world.desk()
    await other.pull.pull()
    await other.write(id, mail("of another"))
    await other.push_all()
    await again.pull.pull()
    ensure(again.texts(id) == ["newer"], "the newer text is gone")
    ensure(again.draft(id).state.hold is Hold.REWOUND, "nobody is told")


async def wiped(world: World) -> None:
    """A list that is suddenly empty deletes nothing by itself."""
    ana, ben = await world.desk(), await world.desk()
    ids = [await ana.create(mail(str(n))) for n in range(8)]
    await ana.push_all()
    await ben.pull.pull()
    for id in ids:
        await ana.store.remove(CAMPAIGN, id, undo_seconds=0)
    await ana.push_all()
    with suppress(MassDeletionError):
        await ben.pull.pull()
    ensure(len(ben.peek.documents(CAMPAIGN)) == 8, "everything was deleted")


async def replaced_under_the_cursor(world: World) -> None:
    """Words typed on a text that a pull replaced are merged with it."""
    ana, ben, id = await two(world)
    editing = await open_draft(
        ben.draft(id), store=ben.store, lock=draft_lock(ben.path, CAMPAIGN, id), clock=world.clock,
        saved=lambda key: None, told=lambda: None, read=ben.peek.get,
    )  # fmt: skip
    await ana.write(id, mail("base", "of ana"))
    await ana.push_all()
    await ben.pull.pull()
    await editing.change(mail("base") | {"name": "of ben"})
    await editing.close()
    ensure(ben.texts(id) == ["base", "of ana"], "a colleague's words were typed over")
    ensure(ben.draft(id).content["name"] == "of ben", "typed words are gone")


async def decided(world: World) -> None:
    """Whatever a decision replaces stays in the history, and an old decision is not taken."""
    ana, ben, id = await two(world)
    await ana.write(id, mail("of ana"))
    await ben.write(id, mail("of ben"))
    await ana.push_all()
    await ben.push_all()
    seen = ben.peek.dispute(CAMPAIGN, id)
    await ben.write(id, mail("of ben, later"))
    with suppress(decisions.StaleEditError):
        await Decisions(ben.store).accept(
            CAMPAIGN, id, mail("old"), seen_seq=seen.seq, theirs_rev=seen.theirs_rev
        )
    ensure(ben.texts(id) == ["of ben, later"], "an outdated decision took the place of newer words")
    await Decisions(ben.store).settle(CAMPAIGN, id, "theirs", FRESH)
    kept = {k.content["contentJson"]["blocks"][0]["text"] for k in ben.peek.kept(CAMPAIGN, id)}
    ensure("of ben, later" in kept, "not in the history")


async def refused(world: World) -> None:
    """One document that is refused stops no other, and is not tried again and again."""
    desk = await world.desk()
    bad, good = await desk.create(mail("x") | {"name": ""}), await desk.create(mail("y"))
    await desk.push_all()
    ensure(not desk.draft(good).state.dirty, "blocked")
    ensure(desk.draft(bad).state.hold is Hold.REJECTED, "not said")


async def years_off(world: World) -> None:
    """A pause stored by a clock that was wrong by years is not waited for."""
    desk = await world.desk()
    id = await desk.create(mail("x"))
    await desk.push._outbox.postpone(await desk.store.row(CAMPAIGN, id), "x", desk.store.now() + 3e8)
    plan = agenda.Agenda(world.clock)
    (row,) = await desk.store.due()
    plan.due_in(row, hurried=False)
    await world.clock.advance(61)
    ensure(plan.due_in(row, hurried=False) <= 0, "waits for years")


async def synced_commits(world: World) -> None:
    """Each commit is synced, and no commit moves the log."""
    desk = await world.desk()
    async with desk.store.writing() as connection:
        synchronous = (await connection.exec_driver_sql("PRAGMA synchronous")).scalar()
        moved = (await connection.exec_driver_sql("PRAGMA wal_autocheckpoint")).scalar()
    ensure((synchronous, moved) == (2, 0), "a power cut loses words")


async def begun_immediate(world: World) -> None:
    """A second window waits for the first instead of failing."""
    import sqlite3

    desk = await world.desk()
    async with desk.store.writing() as connection:
        await connection.exec_driver_sql("SELECT 1 FROM doc")
        second = sqlite3.connect(desk.path, timeout=0, isolation_level=None)
        try:
            second.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return
        finally:
            second.close()
    ensure(holds=False, what="a reader that becomes a writer fails beside another window")


async def prose(world: World) -> None:
    """Nobody is made to say what nobody wrote."""
    del world
    both = text_merge.merge_text("All 20% off. Bye.", "All 30% off. Bye.", "All 15% off. Bye.")
    ensure(both is None, "spliced")


async def order_cycle(world: World) -> None:
    """Both moved the same thing in opposite directions."""
    del world
    _, agreed = order_merge.merge_order(list("abc"), list("abc"), list("bac"), list("acb"))
    ensure(not agreed, "a cycle was settled by a guess")


async def edit_against_delete(world: World) -> None:
    """One deletes what the other rewrites."""
    del world
    base = mail("a", "b")
    gone, changed = mail("a"), mail("a", "b, rewritten")
    merged = merge.merge(base, gone, changed)
    ensure([c.kind for c in merged.conflicts] == ["edit_delete"], "nobody is asked")
    ensure(len(merged.content["contentJson"]["blocks"]) == 2, "the rewritten block is gone")


async def send_group(world: World) -> None:
    """Who gets it and when is one decision."""
    del world
    base = mail("a")
    merged = merge.merge(base, base | {"segmentId": "s"}, base | {"sendAt": "t"})
    ensure([c.kind for c in merged.conflicts] == ["send"], "mixed")
