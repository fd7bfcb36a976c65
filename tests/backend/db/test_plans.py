"""SQLite knows nothing of a table that nobody analysed: what is about a few must not read all rows."""

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
def statements(*tables: str) -> Iterator[dict[str, object]]:
    """Those that name one of the tables, with their parameters."""
    seen: dict[str, object] = {}

    def note(*call: object) -> None:
        statement = str(call[2])
        if any(table in statement for table in tables):
            seen[statement] = call[3]

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def plans(server: Server, seen: dict[str, object]) -> dict[str, list[str]]:
    """How each of them goes through its tables."""
    found: dict[str, list[str]] = {}
    async with server.database.engine.connect() as connection:
        for statement, parameters in seen.items():
            if statement.lstrip().startswith(("SELECT", "UPDATE")):
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
                found[" ".join(statement.split())] = [row[3] for row in plan]
    return found


async def wide(server: Server, seen: dict[str, object]) -> list[str]:
    """Statements that go through all rows of an organisation."""
    everyone = "USING PRIMARY KEY (org_id=?)"
    found = await plans(server, seen)
    return [one for one, steps in found.items() if any(step.endswith(everyone) for step in steps)]


async def test_one_contact_is_not_looked_for_among_everyones_mails(server: Server, owner: Member) -> None:
    desk = Desk(server, owner)
    await desk.open()
    first, second = await desk.sent(), await desk.sent()
    name = message_name(desk.secret, f"campaign-{first}", "", 0, desk.contact_id)
    with statements("delivery", "enrolment") as seen:
        await owner.ok("GET", f"/contacts/{desk.contact_id}/timeline")
        await desk.read(dsn(returned=f"Subject: News\nMessage-ID: <{name}@acme.example>\n\nHello"))
        await desk.read(dsn(to=desk.path(second)))
    assert len(seen) > 5
    assert await wide(server, seen) == []


async def test_the_outbox_which_is_asked_for_each_second_does_not_read_every_campaign_ever_sent(
    server: Server, owner: Member
) -> None:
    with statements("finished_at >") as seen:
        await owner.ok("GET", "/outbox")
    ((first, *_),) = (await plans(server, seen)).values()
    assert first.startswith("SEARCH campaign")
    assert "updated_at>?" in first
