"""What changes without anyone editing: how many are in a segment or a sequence, and why one mails nobody.

They are no part of the documents and not of the feed. They are asked for in the background when a list is
looked at, one after the other, so that a long list does not crowd the server.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from localstore.records import DocKind, Json
from sync.workspace import Workspace

FRESH_SECONDS = 5.0
FIELDS = {DocKind.SEGMENT: ("memberCount",), DocKind.SEQUENCE: ("activeEnrolments", "held")}
"""Under which names they are among a document's facts, as on the wire."""


class LiveCounts:
    """The last known counts; those not known yet are None."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[tuple[DocKind, str], Json] = {}
        self._asked_at: dict[DocKind, float] = {}

    def put(self, kind: DocKind, id: str, facts: Json) -> None:
        """Put what is known of one document among its facts, in place of whatever is there."""
        known = self._known.get((kind, id), {})
        for name in FIELDS.get(kind, ()):
            facts[name] = known.get(name)

    def look(self, kind: DocKind) -> None:
        """Someone is looking: bring the counts up to date if they are older than 5 s."""
        ask = self._askers().get(kind)
        now = self._workspace.clock.monotonic()
        stale = now - self._asked_at.get(kind, float("-inf")) >= FRESH_SECONDS
        if ask is not None and stale and self._workspace.connected:
            self._asked_at[kind] = now
            self._workspace.start(self._ask(ask))

    def _askers(self) -> dict[DocKind, Callable[[], Coroutine[Any, Any, None]]]:
        return {DocKind.SEGMENT: self._segments, DocKind.SEQUENCE: self._sequences}

    async def _ask(self, ask: Callable[[], Coroutine[Any, Any, None]]) -> None:
        from contract.problems import ProblemError
        from sync.errors import OfflineError
        from sync.wire_errors import TransportError

        try:
            await ask()
        except (TransportError, OfflineError, ProblemError):
            return
        self._workspace.notify()

    async def _segments(self) -> None:
        from contract.problems import MissingError

        peek = self._workspace.peek
        for summary in peek.documents(DocKind.SEGMENT) if peek is not None else []:
            try:
                body = await self._get(f"/api/segments/{summary.id}", limit=1)
            except MissingError:
                continue  # it has not reached the server yet
            self._known[DocKind.SEGMENT, summary.id] = {"memberCount": body["memberCount"]}

    async def _sequences(self) -> None:
        body = await self._get("/api/sequences", limit=200)
        for row in body["sequences"]:
            self._known[DocKind.SEQUENCE, row["id"]] = {
                name: row.get(name) for name in FIELDS[DocKind.SEQUENCE]
            }

    async def _get(self, path: str, **params: Any) -> Json:
        return (await self._workspace.api().call("GET", path, params=params)).body
