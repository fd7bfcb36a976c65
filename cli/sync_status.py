"""`handbill sync status`: what this computer has that the server does not."""

import argparse
import json

from cli import output
from localstore.folders import data_folder
from localstore.peek import Peek
from sync.accounts import last_account


def sync_status(options: argparse.Namespace) -> int:
    """One line a document that waits, with its reason; exit code 4 if one waits for a decision."""
    data = data_folder(options.data_dir)
    known = last_account(data, options.server.rstrip("/") if options.server else "embedded")
    if known is None or not (path := known.account.file_in(data)).exists():
        output.words("There are no drafts here yet.")
        return 0
    peek = Peek(path)
    waiting = peek.waiting()
    for kind, doc, state in waiting:
        draft = peek.get(kind, doc)
        name = draft.content.get("name", "") if draft is not None else ""
        why = state.hold.value if state.hold else "in flight" if state.in_flight else "waiting"
        row = {"kind": kind.value, "id": doc, "name": name, "state": why}
        row["detail"] = state.detail or state.last_error
        print(json.dumps(row, ensure_ascii=False) if options.json else "\t".join(row.values()))
    peek.close()
    if not waiting:
        output.words("Everything is on the server.")
    return 4 if any(state.hold for _, _, state in waiting) else 0
