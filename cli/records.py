"""Printing what the server answered: JSON lines for programs, aligned columns for people."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from sync.api import Api

Json = dict[str, Any]


async def pages(api: Api, path: str, key: str, **params: Any) -> AsyncIterator[Json]:
    """Every row of a list, page after page."""
    cursor: str | None = None
    while True:
        given = {name: value for name, value in params.items() if value is not None}
        body = (await api.call("GET", path, params=given | ({"cursor": cursor} if cursor else {}))).body
        for row in body[key]:
            yield row
        cursor = body.get("nextCursor")
        if cursor is None:
            return


def line(row: Json, columns: Sequence[str], *, as_json: bool) -> None:
    """One row on standard output."""
    if as_json:
        print(json.dumps(row, ensure_ascii=False))
    else:
        print("\t".join("" if row.get(name) is None else str(row[name]) for name in columns))
