"""What the server knows of a document and nobody edits: asked for in the background, put among its facts."""

from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any

from contract.clock import ManualClock
from localstore.records import DocKind
from sync.live_counts import LiveCounts

ROWS = [
    {"id": "a", "activeEnrolments": 7, "held": "Its goal was deleted."},
    {"id": "b", "activeEnrolments": 0},  # an older server says nothing of it
]


class Workspace:
    """A connection that answers at once."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.connected = True
        self.started: list[Coroutine[Any, Any, None]] = []
        self.notified = 0

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        self.started.append(work)

    def notify(self) -> None:
        self.notified += 1

    def api(self) -> "Workspace":
        return self

    async def call(self, method: str, path: str, params: object) -> SimpleNamespace:
        return SimpleNamespace(body={"sequences": ROWS})


async def test_how_many_are_in_a_sequence_and_why_it_mails_nobody() -> None:
    workspace = Workspace()
    counts = LiveCounts(workspace)  # type: ignore[arg-type]
    counts.look(DocKind.SEQUENCE)
    counts.look(DocKind.SEQUENCE)
    (asking,) = workspace.started
    await asking
    assert workspace.notified == 1
    known: dict[str, dict[str, Any]] = {id: {"held": "stale"} for id in ("a", "b", "c")}
    for id, facts in known.items():
        counts.put(DocKind.SEQUENCE, id, facts)
    assert known == {
        "a": {"activeEnrolments": 7, "held": "Its goal was deleted."},
        "b": {"activeEnrolments": 0, "held": None},
        "c": {"activeEnrolments": None, "held": None},
    }
