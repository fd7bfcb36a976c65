"""When each document is due. It asks the wall clock only for how long a stored pause was meant to last.

A stored pause is measured once, when it is first seen, and never longer than its kind may be; from then on
it runs on the clock that cannot be set. So a clock that is wrong by years delays nothing and loses nothing.
"""

from dataclasses import dataclass, field

from contract.clock import Clock
from localstore.records import DocKind
from localstore.rows import Waiting
from sync.schedule import BACKOFF_CAP_SECONDS, Typing

Key = tuple[DocKind, str]


@dataclass(slots=True)
class Agenda:
    """What is typed and what is paused, by document."""

    clock: Clock
    _typing: dict[Key, Typing] = field(default_factory=dict)
    _seen: dict[Key, int] = field(default_factory=dict)
    _pauses: dict[Key, tuple[float, float]] = field(default_factory=dict)

    def edited(self, key: Key) -> None:
        """A document was saved in this window."""
        now = self.clock.monotonic()
        self._typing.setdefault(key, Typing(now, now)).last = now

    def noticed(self, rows: list[Waiting]) -> None:
        """Another window may have saved: whatever has a new number is being typed."""
        for row in rows:
            key = (row.kind, row.id)
            if key in self._seen and self._seen[key] != row.mine_seq and key not in self._typing:
                self.edited(key)

    def look(self, rows: list[Waiting]) -> None:
        """Remember which numbers are known, and forget what is settled."""
        self._seen = {(row.kind, row.id): row.mine_seq for row in rows}
        self._pauses = {key: pause for key, pause in self._pauses.items() if key in self._seen}

    def left(self, key: Key) -> None:
        """Its request is on the way."""
        self._typing.pop(key, None)

    def due_in(self, row: Waiting, *, hurried: bool) -> float:
        """Seconds until this row is pushed; a deletion waits for its undo, whoever is in a hurry."""
        key = (row.kind, row.id)
        if hurried and not row.deleted:
            return 0.0
        typing = self._typing.get(key)
        rest = typing.due - self.clock.monotonic() if typing is not None and not row.in_flight else 0.0
        return max(rest, self._pause(key, row.next_attempt_at))

    def _pause(self, key: Key, until: float) -> float:
        now = self.clock.monotonic()
        known = self._pauses.get(key)
        if known is None or known[0] != until:
            meant = min(until - self.clock.now().timestamp(), BACKOFF_CAP_SECONDS)
            known = self._pauses[key] = (until, now + meant)
        return known[1] - now
