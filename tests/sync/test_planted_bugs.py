"""Bugs that were thought of, planted one at a time: each is caught by some check, or the checks are blind.

Each bug replaces one small piece of the program. The check that must fail is a short, exact scene; without
the bug every scene passes, which the last test makes sure of.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from localstore import decisions, inbox
from localstore import engine as store_engine
from localstore.decisions import Decisions
from localstore.inbox import Inbox, MassDeletionError, Pulled
from localstore.locks import draft_lock
from localstore.outbox import Outbox
from localstore.records import Hold
from localstore.resync import Resync
from localstore.store import Store
from sync import agenda, merge, order_merge, pull, push, refusals, text_merge
from sync.api import Api
from sync.editing import open_draft
from sync.push import Push
from tests.sync.conftest import CAMPAIGN, World, mail
from tests.sync.test_pull import reopened, two

Scene = Callable[[World], Awaitable[None]]
Plant = Callable[[pytest.MonkeyPatch], None]
FRESH = "018f0000-0000-7000-8000-0000000000ee"


def ensure(holds: object, what: str) -> None:
    """A scene's check, told from any other failure."""
    if not holds:
        raise CaughtError(what)


class CaughtError(Exception):
    """A scene noticed that something is wrong."""


# Scenes


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


# Bugs


def attribute(owner: Any, name: str, value: Any) -> Plant:
    return lambda patch: patch.setattr(owner, name, value)


def _new_key_on_retry(patch: pytest.MonkeyPatch) -> None:
    fly = Push._fly

    async def flown(self, row, flight):
        from contract.ids import new_document_id

        return await fly(self, row, replace(flight, op=flight.op if row.attempts == 0 else new_document_id()))

    patch.setattr(Push, "_fly", flown)


def _newer_bytes_on_retry(patch: pytest.MonkeyPatch) -> None:
    fly = Push._fly

    async def flown(self, row, flight):
        _, body = push.body_for(row.kind, row.id, row.mine, row.base_rev)
        return await fly(self, row, replace(flight, body=body))

    patch.setattr(Push, "_fly", flown)


def _no_stored_key(patch: pytest.MonkeyPatch) -> None:
    fly = Push._fly

    async def flown(self, row, flight):
        outcome = await fly(self, row, flight)
        async with self._store.writing() as connection:
            await connection.exec_driver_sql(
                "UPDATE doc SET flight_op = NULL, flight_body = NULL, flight_seq = NULL, flight_verb = NULL"
            )
        return outcome

    patch.setattr(Push, "_fly", flown)


def _ack_clears_dirty(patch: pytest.MonkeyPatch) -> None:
    land = Outbox.land

    async def landed(self, row, op, **rest):
        await land(self, row, op, **rest)
        async with self._store.writing() as connection:
            await connection.exec_driver_sql("UPDATE doc SET synced_seq = mine_seq")

    patch.setattr(Outbox, "land", landed)


def _take_their_version(patch: pytest.MonkeyPatch) -> None:
    async def meet(self, row, flight, current, detail):
        await self._outbox.rebase(
            row, flight.op, row.mine_seq,
            base=row.base, rev=current["updatedAt"], mine=row.mine, facts={},
        )  # fmt: skip
        return False

    patch.setattr(refusals.Refusals, "_meet", meet)


def _base_is_theirs(patch: pytest.MonkeyPatch) -> None:
    real = refusals.merge
    patch.setattr(refusals, "merge", lambda base, mine, theirs: real(theirs, mine, theirs))


def _pull_over_dirty(patch: pytest.MonkeyPatch) -> None:
    apply = Inbox._apply

    async def applied(self, connection, row, change, *, keep):
        if row is not None and change.content is not None:
            await self.replace(connection, row, change, "x")
            return True
        return await apply(self, connection, row, change, keep=keep)

    patch.setattr(Inbox, "_apply", applied)


def _delete_over_dirty(patch: pytest.MonkeyPatch) -> None:
    async def gone(self, connection, row, *, keep=False):
        await connection.exec_driver_sql(f"DELETE FROM doc WHERE id = '{row.id}'")
        return True

    patch.setattr(Inbox, "delete", gone)


def _cursor_first(patch: pytest.MonkeyPatch) -> None:
    pulled = Inbox.pulled

    async def hasty(self, changes, cursor, **rest):
        await self._store.set_meta(cursor=cursor)
        return await pulled(self, changes, cursor, **rest)

    patch.setattr(Inbox, "pulled", hasty)


def _no_witness(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Api, "saw", lambda self, position: None)


def _witness_only_from_pulls(patch: pytest.MonkeyPatch) -> None:
    async def remember(self):
        self._api.witness = (await self._store.meta()).get("cursor")

    patch.setattr(pull.Pull, "remember_place", remember)
    patch.setattr(Api, "saw", lambda self, position: None)


def _rewound_like_weeks_away(patch: pytest.MonkeyPatch) -> None:
    apply = Resync.apply

    async def applied(self, there, cursor, *, rewound):
        await apply(self, there, cursor, rewound=False)

    patch.setattr(Resync, "apply", applied)


def _typed_over(patch: pytest.MonkeyPatch) -> None:
    async def on_top(store, kind, id, typed):
        row = await store.row(kind, id)
        return typed.content, await store.save(kind, id, typed.content, row.mine_seq)

    patch.setattr("sync.editing.put_on_top", on_top)


def _save_without_looking(patch: pytest.MonkeyPatch) -> None:
    save = Store.save

    async def blind(self, kind, id, content, seen_seq):
        row = await self.row(kind, id)
        return await save(self, kind, id, content, row.mine_seq)

    patch.setattr(Store, "save", blind)


def _accept_without_looking(patch: pytest.MonkeyPatch) -> None:
    async def accept(self, kind, id, content, *, seen_seq, theirs_rev):
        row = await self._store.row(kind, id)
        await self._store.save(kind, id, content, row.mine_seq)

    patch.setattr(Decisions, "accept", accept)


async def _nothing(*_: Any, **__: Any) -> None:
    return None


def _fails_all(patch: pytest.MonkeyPatch) -> None:
    """A refusal counts as a connection that is gone, as in a queue that works one after the other."""

    async def answer(self, row, flight, error):
        raise push.UnknownOutcomeError(error.detail)

    patch.setattr(refusals.Refusals, "answer", answer)


def _wall_clock_pauses(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        agenda.Agenda, "_pause", lambda self, key, until: min(until - self.clock.now().timestamp(), 60.0)
    )


def _deferred(patch: pytest.MonkeyPatch) -> None:
    real = store_engine._open
    patch.setattr(store_engine, "_open", lambda address, pragmas, _: real(address, pragmas, "BEGIN"))


def _words_merged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(text_merge, "sentences", lambda text: text.replace(" ", " \0").split("\0"))
    patch.setattr(text_merge, "_merged", _lax(text_merge._merged))


def _lax(real: Callable[..., str | None]) -> Callable[..., str | None]:
    return lambda base, mine, theirs, order: real(base, mine, theirs, order) or theirs


def _delete_wins(patch: pytest.MonkeyPatch) -> None:
    real = merge._Merge._item

    def item(self, path, sides, merge_item):
        base, mine, theirs = sides
        return None if base and (mine is None or theirs is None) else real(self, path, sides, merge_item)

    patch.setattr(merge._Merge, "_item", item)


def _cycle_ignored(patch: pytest.MonkeyPatch) -> None:
    real = order_merge.merge_order
    patch.setattr(order_merge, "merge_order", lambda *sides: (real(*sides)[0], True))


BUGS: dict[str, tuple[Plant, Scene]] = {
    "a new key for each retry": (_new_key_on_retry, lost_answer),
    "newer bytes under the old key": (_newer_bytes_on_retry, lost_answer),
    "the request is forgotten before its answer": (_no_stored_key, lost_answer),
    "an answer clears newer words": (_ack_clears_dirty, typed_in_flight),
    "a conflict takes only their version": (_take_their_version, two_writers),
    "the merge takes theirs for the base": (_base_is_theirs, two_writers),
    "a pull overwrites what was typed": (_pull_over_dirty, pulled_while_dirty),
    "a deletion wins over what was typed": (_delete_over_dirty, pulled_while_dirty),
    "the cursor goes before its batch": (_cursor_first, cut_batch),
    "no witness": (_no_witness, restored),
    "the witness moves with pulls only": (_witness_only_from_pulls, restored),
    "a restored server is believed": (_rewound_like_weeks_away, restored),
    "no guard against a mass deletion": (attribute(inbox, "too_many", lambda *_: False), wiped),
    "typing goes over what was pulled": (_typed_over, replaced_under_the_cursor),
    "a save that does not look": (_save_without_looking, replaced_under_the_cursor),
    "an outdated decision is taken": (_accept_without_looking, decided),
    "a decision leaves no history": (attribute(decisions, "remember", _nothing), decided),
    "a refusal counts as offline": (_fails_all, refused),
    "pauses by the wall clock": (_wall_clock_pauses, years_off),
    "commits that are not synced": (
        attribute(store_engine, "WRITER_PRAGMAS", ("synchronous = NORMAL", "wal_autocheckpoint = 0")),
        synced_commits,
    ),
    "every commit may move the log": (
        attribute(store_engine, "WRITER_PRAGMAS", ("synchronous = FULL",)),
        synced_commits,
    ),
    "deferred transactions": (_deferred, begun_immediate),
    "words are merged instead of sentences": (_words_merged, prose),
    "a cycle is ignored": (_cycle_ignored, order_cycle),
    "deleting wins over rewriting": (_delete_wins, edit_against_delete),
    "segment and time are merged apart": (attribute(merge, "SEND_GROUP", ()), send_group),
}

# Held by construction, so nothing can be planted: an answer under another key changes nothing (the row's key
# is part of the UPDATE), and there is one pull at a time (the engine's flag; see the simulation).


@pytest.mark.parametrize("bug", BUGS)
async def test_is_caught(world: World, monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    plant, scene = BUGS[bug]
    plant(monkeypatch)
    with pytest.raises((CaughtError, AssertionError)):
        await scene(world)


@pytest.mark.parametrize("scene", sorted({scene.__name__ for _, scene in BUGS.values()}))
async def test_without_a_bug_the_scene_is_in_order(world: World, scene: str) -> None:
    await globals()[scene](world)
