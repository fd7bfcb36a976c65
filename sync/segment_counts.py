"""How many contacts each segment holds, as the server last said.

Counts are no part of the documents and not of the feed. They are asked for in the background when a list
of segments is looked at, one segment after the other, so that a long list does not crowd the server.
"""

from localstore.records import DocKind
from sync.workspace import Workspace

FRESH_SECONDS = 10.0


class SegmentCounts:
    """Counts by segment id; those not known yet are absent."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._counts: dict[str, int] = {}
        self._asked_at = float("-inf")

    def known(self, segment_id: str) -> int | None:
        """The last count, however old."""
        return self._counts.get(segment_id)

    def look(self) -> None:
        """Someone is looking: bring the counts up to date if they are older than 10 s."""
        now = self._workspace.clock.monotonic()
        if self._workspace.connected and now - self._asked_at >= FRESH_SECONDS:
            self._asked_at = now
            self._workspace.start(self._ask())

    async def _ask(self) -> None:
        from contract.problems import ProblemError
        from sync.errors import OfflineError
        from sync.wire_errors import TransportError

        peek = self._workspace.peek
        for summary in peek.documents(DocKind.SEGMENT) if peek is not None else []:
            try:
                reply = await self._workspace.api().call(
                    "GET", f"/api/segments/{summary.id}", params={"limit": 1}
                )
            except (TransportError, OfflineError):
                return
            except ProblemError:
                continue  # it has not reached the server yet
            self._counts[summary.id] = reply.body["memberCount"]
        self._workspace.notify()
