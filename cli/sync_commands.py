"""`handbill sync status|now`: what this computer has that the server does not, and bringing it there."""

import argparse
import asyncio
import json
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from cli import output
from cli.drafts_here import drafts_file
from cli.failures import CONFLICT, NOT_SIGNED_IN, OFFLINE
from localstore.folders import data_folder
from localstore.peek import Peek
from localstore.records import DocState

if TYPE_CHECKING:
    from sync.workspace import Workspace

LONGEST_SECONDS = 60.0
"""How long `now` waits for the server to have everything."""
_PAUSE = 0.1


def sync(options: argparse.Namespace) -> int:
    """One line a document that waits; exit code 4 if one waits for a decision."""
    code = asyncio.run(_now(options)) if options.what == "now" else 0
    return _status(options) or code


def _status(options: argparse.Namespace) -> int:
    path = drafts_file(options)
    if path is None:
        output.words("There are no drafts here yet.")
        return 0
    with closing(Peek(path)) as peek:
        waiting = peek.waiting()
        for kind, doc, state in waiting:
            draft = peek.get(kind, doc)
            name = draft.content.get("name", "") if draft is not None else ""
            _print({"kind": kind.value, "id": doc, "name": name, **_said(state, time.time())}, options)
        members, deletion = peek.member_ops(), peek.mass_deletion()
    for segment, count, refused in members:
        what = {"kind": "members", "id": segment, "name": f"{count} by hand", "state": "waiting"}
        _print(what | {"detail": refused, "since": "", "next": ""}, options)
    if deletion is not None:
        output.words(
            f"{deletion.doomed} of {deletion.total} documents were deleted on the server: open :sync."
        )
    if not waiting and not members:
        output.words("Everything is on the server.")
    return CONFLICT if deletion or any(state.asks for _, _, state in waiting) else 0


def _said(state: DocState, now: float) -> dict[str, str]:
    """State, reason, age and next attempt."""
    why = state.hold.value if state.hold else "in flight" if state.in_flight else "waiting"
    since = f"{max(0.0, now - state.waiting_since):.0f} s" if state.waiting_since else ""
    again = f"{min(max(0.0, state.next_attempt_at - now), 60):.0f} s" if state.attempts else ""
    return {"state": why, "detail": state.detail or state.last_error, "since": since, "next": again}


def _print(row: dict[str, Any], options: argparse.Namespace) -> None:
    print(json.dumps(row, ensure_ascii=False) if options.json else "\t".join(map(str, row.values())))


async def _now(options: argparse.Namespace) -> int:
    from random import SystemRandom

    from contract.clock import SystemClock
    from localstore.folders import private_folder
    from sync.embedded import Embedded, demo_backend
    from sync.secrets import usable_secrets
    from sync.workspace import Workspace

    data = private_folder(data_folder(options.data_dir))
    server = options.server.rstrip("/") if options.server else ""
    embedded = None if server else demo_backend(data) if options.demo else Embedded(data)
    secrets = usable_secrets(data / "session.json")[0] if server else None
    workspace = Workspace(
        data if embedded is None else embedded.data,
        clock=SystemClock(),
        random=SystemRandom(),
        embedded=embedded,
        server=server,
        secrets=secrets,
    )
    if embedded is not None:
        embedded.start()
    workspace.connect_behind()
    try:
        return await _drained(workspace)
    finally:
        await workspace.close()


async def _drained(workspace: "Workspace") -> int:
    """Whether this window syncs or another one does: until nothing waits that can go by itself."""
    end = time.monotonic() + LONGEST_SECONDS
    hurried = False
    while time.monotonic() < end:
        if workspace.signed_out and workspace.embedded is None:
            output.words(workspace.problem or "Sign in first.")
            return NOT_SIGNED_IN
        if workspace.engine is not None and not hurried:
            hurried = True
            workspace.hurry()
        peek = workspace.peek
        going = [state for _, _, state in peek.waiting() if not state.asks] if peek is not None else []
        pulled = workspace.engine is None or workspace.engine.synced_at is not None
        if workspace.connected and pulled and not going:
            return 0
        await asyncio.sleep(_PAUSE)
    output.words(f"The server does not answer: {workspace.problem or 'try again later'}.")
    return OFFLINE
