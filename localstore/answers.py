"""What the server last said where only it knows, such as a page of contacts: for when it is away.

A plain cache: nothing here waits for anything, the server is asked first, and what was not looked at for
longest goes first.
"""

import json

from sqlalchemy import delete, func, insert, select

from localstore.rows import ANSWER, Content
from localstore.store import Store

KEPT = 200
"""Pages of a hundred contacts: about ten megabytes."""


class Answers:
    """The remembered answers of one account's store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def put(self, path: str, body: Content) -> None:
        """Remember the answer to a GET; `path` with its parameters."""
        last = select(func.coalesce(func.max(ANSWER.c.used), 0) + 1).scalar_subquery()
        latest = select(ANSWER.c.path).order_by(ANSWER.c.used.desc()).limit(KEPT)
        async with self._store.writing() as connection:
            await connection.execute(delete(ANSWER).where(ANSWER.c.path == path))
            await connection.execute(insert(ANSWER).values(path=path, body=json.dumps(body), used=last))
            await connection.execute(delete(ANSWER).where(ANSWER.c.path.not_in(latest)))

    async def get(self, path: str) -> Content | None:
        """The last answer; None if there was none, or too long ago."""
        async with self._store.reading() as connection:
            found = (await connection.execute(select(ANSWER.c.body).where(ANSWER.c.path == path))).scalar()
        answer: Content | None = json.loads(found) if found is not None else None
        return answer
