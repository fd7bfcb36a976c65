"""SQLite knows nothing of a table that nobody analysed: what is about one contact must not read all rows."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from backend.message_ids import message_name
from tests.backend.bounces.reports import dsn
from tests.backend.bounces.test_bounces import Desk
from tests.backend.conftest import Member, Server

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@contextmanager
def statements() -> Iterator[dict[str, object]]:
    seen: dict[str, object] = {}

    def note(*call: object) -> None:
        statement = str(call[2])
        if "delivery" in statement or "enrolment" in statement:
            seen[statement] = call[3]

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def wide(server: Server, seen: dict[str, object]) -> list[str]:
    """Statements that go through all rows of an organisation."""
    found: list[str] = []
    async with server.database.engine.connect() as connection:
        for statement, parameters in seen.items():
            if not statement.lstrip().startswith(("SELECT", "UPDATE")):
                continue
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
            steps = [row[3] for row in plan]
            if any(step.endswith("USING PRIMARY KEY (org_id=?)") for step in steps):
                found.append(" ".join(statement.split()))
    return found


async def test_one_contact_is_not_looked_for_among_everyones_mails(server: Server, owner: Member) -> None:
    desk = Desk(server, owner)
    await desk.open()
    first, second = await desk.sent(), await desk.sent()
    name = message_name(desk.secret, f"campaign-{first}", "", 0, desk.contact_id)
    with statements() as seen:
        await owner.ok("GET", f"/contacts/{desk.contact_id}/timeline")
        await desk.read(dsn(returned=f"Subject: News\nMessage-ID: <{name}@acme.example>\n\nHello"))
        await desk.read(dsn(to=desk.path(second)))
    assert len(seen) > 5
    assert await wide(server, seen) == []
