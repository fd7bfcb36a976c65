"""`handbill contacts export`: all that is known of the contacts, as a file that can be imported again."""

import argparse
import csv
import sys
from typing import Any

from cli import output, records
from contract import csv_cells
from sync.api import Api

BUILT_IN = ("email", "name", "time_zone", "status")
"""As the import names them; the custom fields follow by their keys."""
_ON_THE_WIRE = {"time_zone": "timeZone"}
_EVERY = 5_000
"""Lines after which progress is said."""


async def export(api: Api, options: argparse.Namespace) -> None:
    """CSV on standard output, how many on stderr; with a word only whose address or name has it."""
    fields = (await api.call("GET", "/api/fields")).body["fields"]
    keys = [field["key"] for field in fields if not field["builtIn"]]
    writer = csv.writer(sys.stdout)
    writer.writerow((*BUILT_IN, *keys))
    query, lines = options.words[0] if options.words else None, 0
    async for contact in records.pages(api, "/api/contacts", "contacts", q=query, limit=200):
        writer.writerow([csv_cells.written(value) for value in _values(contact, keys)])
        lines += 1
        if lines % _EVERY == 0 and sys.stderr.isatty():
            output.words(f"{lines:,} contacts …")
    output.words(f"{lines:,} {'contact' if lines == 1 else 'contacts'}.")


def _values(contact: dict[str, Any], keys: list[str]) -> list[Any]:
    built_in = [contact[_ON_THE_WIRE.get(name, name)] for name in BUILT_IN]
    return built_in + [contact["fields"].get(key) for key in keys]
