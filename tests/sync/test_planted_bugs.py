"""Bugs that were thought of, planted one at a time: each is caught by some check, or the checks are blind.

Each bug replaces one small piece of the program. The check that must fail is a short, exact scene; without
the bug every scene passes, which the last test makes sure of.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from localstore import decisions, inbox
from localstore import engine as store_engine
from localstore.decisions import Decisions
from localstore.inbox import Inbox
from localstore.outbox import Outbox
from localstore.resync import Resync
from localstore.store import Store
from sync import agenda, merge, order_merge, pull, push, refusals, text_merge
from sync.api import Api
from sync.push import Push
from tests.sync.conftest import World
from tests.sync.planted_scenes import (
    CaughtError,
    Scene,
    begun_immediate,
    cut_batch,
    decided,
    edit_against_delete,
    lost_answer,
    order_cycle,
    prose,
    pulled_while_dirty,
    refused,
    replaced_under_the_cursor,
    restored,
    send_group,
    synced_commits,
    two_writers,
    typed_in_flight,
    wiped,
    years_off,
)

Plant = Callable[[pytest.MonkeyPatch], None]


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

    async def blind(self, kind, id, content, seen_seq, *more):
        row = await self.row(kind, id)
        return await save(self, kind, id, content, row.mine_seq, *more)

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


@pytest.mark.parametrize("scene", {scene.__name__: scene for _, scene in BUGS.values()}.values())
async def test_without_a_bug_the_scene_is_in_order(world: World, scene: Scene) -> None:
    await scene(world)
