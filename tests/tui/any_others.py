"""What others do meanwhile: the other window, the server, the team."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from localstore.records import DocKind, DocState, MassDeletion
from tui.memory import World


def _documents(world: World, kind: DocKind | None = None) -> list[Any]:
    return [draft for draft in world.drafts.all() if kind in (None, draft.kind)]


def _one(world: World, number: int, kind: DocKind | None = None) -> Any:
    found = _documents(world, kind)
    return found[number % len(found)] if found else None


def _lock(world: World, number: int) -> None:
    if draft := _one(world, number):
        world.hub.locked ^= {draft.id}


def _status(world: World, number: int) -> None:
    if draft := _one(world, number, DocKind.CAMPAIGN):
        statuses = ("DRAFT", "SCHEDULED", "SENDING", "PAUSED", "SENT", "CANCELLED")
        world.drafts.set_facts(draft.kind, draft.id, status=statuses[number % len(statuses)])


def _rewrite(world: World, number: int) -> None:
    """Somebody else takes most of it away; only what was not being written here comes in."""
    draft = _one(world, number)
    if draft is None or draft.state.dirty or draft.state.hold:
        return
    content = json.loads(json.dumps(draft.content)) | {"name": f"Theirs [/] {number}"}
    if blocks := (content.get("contentJson") or {}).get("blocks"):
        del blocks[number % len(blocks) :]
    if "steps" in content:
        del content["steps"][number % 3 :]
    world.drafts.put(draft.kind, draft.id, content, draft.facts)


def _dispute(world: World, number: int) -> None:
    if draft := _one(world, number):
        base = json.loads(json.dumps(draft.content))
        theirs = base | {"name": f"Theirs {number}"}
        world.drafts.put_in_conflict(
            draft.kind, draft.id, theirs, "Someone changed this.", base if number % 2 else None
        )
        mine = draft.content | {"name": "Mine"}
        world.drafts._drafts[draft.kind, draft.id] = replace(
            world.drafts._drafts[draft.kind, draft.id], content=mine
        )


def _reject(world: World, number: int) -> None:
    if draft := _one(world, number):
        world.drafts.reject(draft.kind, draft.id, "the [/] server does not take it")


def _delete(world: World, number: int) -> None:
    if draft := _one(world, number):
        world.drafts._drafts[draft.kind, draft.id] = replace(draft, deleted=True)


def _settle(world: World, number: int) -> None:
    """Another window ended what asked."""
    if draft := _one(world, number):
        world.drafts.put(draft.kind, draft.id, draft.content, draft.facts, DocState())


def _keep(world: World, number: int) -> None:
    if draft := _one(world, number):
        world.drafts.keep(draft.kind, draft.id, "replaced", draft.content, 1_772_000_000.0 + number)


def _forget(world: World, number: int) -> None:
    """On the server most of something is gone."""
    lists = (
        world.contacts.everyone,
        world.accounts.all,
        world.accounts.signed,
        world.suppressions.all,
        world.mailbox.mails,
        world.drafts.kept_texts,
    )
    rows: list[Any] = lists[number % len(lists)]  # type: ignore[assignment]
    del rows[number % 3 :]


def _shelve(world: World, number: int) -> None:
    for shelf in (world.templates, world.snippets):
        if shelf.kept:
            shelf.kept.clear()
        elif draft := _one(world, number, DocKind.CAMPAIGN):
            from localstore.records import SavedMail

            shelf.kept["1"] = SavedMail("1", "Kept [/]", draft.content.get("contentJson") or {})


def _ask_deletion(world: World, number: int) -> None:
    world.sync.deletion = None if world.sync.deletion else MassDeletion(number, 100)


def _team(world: World, number: int) -> None:
    world.hub.server = "" if number % 2 else "https://team.example"
    world.sync.left = "kept" if number % 3 else None


OTHERS: dict[str, Callable[[World, int], None]] = {
    "lock": _lock,
    "status": _status,
    "rewrite": _rewrite,
    "dispute": _dispute,
    "reject": _reject,
    "delete": _delete,
    "settle": _settle,
    "keep": _keep,
    "forget": _forget,
    "shelve": _shelve,
    "ask_deletion": _ask_deletion,
    "team": _team,
}
