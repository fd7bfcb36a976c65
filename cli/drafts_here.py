"""What this computer has of a document, before a script lets it be mailed.

Commands send what the server has. Whoever changed the mail or its segment here, and is offline or has to
settle something first, means another one.
"""

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from cli.failures import CONFLICT, FAILED, CommandError
from localstore.folders import data_folder
from localstore.peek import Peek
from localstore.records import DocKind
from sync.accounts import last_account
from sync.documents import mailed_by
from sync.embedded import demo_backend


def drafts_file(options: argparse.Namespace) -> Path | None:
    """The drafts of whoever was signed in last; None where there are none."""
    data = data_folder(options.data_dir)
    if options.demo:
        data = demo_backend(data).data
    known = last_account(data, options.server.rstrip("/") if options.server else "embedded")
    path = known.account.file_in(data) if known is not None else None
    return path if path is not None and path.exists() else None


def refuse_unsynced(options: argparse.Namespace, kind: DocKind, row: dict[str, Any]) -> None:
    """Raises `CommandError` if the server does not know what was last changed here.

    `row` is the campaign or the sequence as the server has it; its segments count, too.
    """
    path = drafts_file(options)
    if path is None:
        return
    with closing(Peek(path)) as peek:
        for changed in ((kind, row["id"]), *((DocKind.SEGMENT, id) for id in mailed_by(row))):
            _refuse(peek, *changed)


def _refuse(peek: Peek, kind: DocKind, id: str) -> None:
    draft = peek.get(kind, id)
    name = f"“{draft.content.get('name')}”" if draft is not None else id
    if draft is not None and draft.state.asks:
        message = f"{name} waits for a decision on this computer: open it in the client first."
        raise CommandError(message, CONFLICT)
    changed = draft is not None and (draft.state.dirty or draft.state.in_flight)
    if changed or any(segment == id for segment, _, _ in peek.member_ops()):
        message = f"{name} was changed on this computer, and the server does not know it: handbill sync now"
        raise CommandError(message, FAILED)
