"""`handbill audit list`: who changed what, newest first."""

import argparse
import asyncio

from cli import records
from cli.remote import signed_in

COLUMNS = ("at", "email", "action", "target", "client")
PAGE = 200


def audit(options: argparse.Namespace) -> int:
    """The newest `--limit` entries; 0 = all."""
    return asyncio.run(_list(options))


async def _list(options: argparse.Namespace) -> int:
    shown = 0
    page = min(options.limit or PAGE, PAGE)
    async with signed_in(options) as api:
        async for row in records.pages(api, "/api/audit", "entries", target=options.target, limit=page):
            records.line(row, COLUMNS, as_json=options.json)
            shown += 1
            if shown == options.limit:
                break
    return 0
