"""Who got the mails of a campaign or a sequence and who did not, as CSV.

Page after page, so that a hundred thousand lines need no room.
"""

import csv
from collections.abc import AsyncIterator, Callable
from typing import Any, TextIO

from contract import csv_cells
from sync.api import Api

Json = dict[str, Any]

COLUMNS = ("email", "name", "state", "reason", "attempts", "updatedAt", "dueAt", "contactId", "stepId")
PAGE = 2_000


async def mail_pages(api: Api, source: str, params: Json) -> AsyncIterator[Json]:
    """The pages of the list as the server answers them; `source` such as `campaigns/ID`."""
    path, cursor = f"/api/{source}/deliveries", None
    given = {name: value for name, value in params.items() if value is not None} | {"limit": PAGE}
    while True:
        page = (await api.call("GET", path, params=given | ({"cursor": cursor} if cursor else {}))).body
        yield page
        cursor = page.get("nextCursor")
        if cursor is None:
            return


async def write_csv(
    api: Api,
    source: str,
    params: Json,
    file: TextIO,
    wrote: Callable[[int, int], None] = lambda _lines, _of: None,
) -> dict[str, int]:
    """Write the list into a file; how many lines there are of each state. `wrote` hears of progress."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    counts: dict[str, int] = {}
    async for page in mail_pages(api, source, params):
        for row in page["deliveries"]:
            writer.writerow([csv_cells.written(row.get(name)) for name in COLUMNS])
            counts[row["state"]] = counts.get(row["state"], 0) + 1
        wrote(sum(counts.values()), page.get("total") or 0)
    return counts
