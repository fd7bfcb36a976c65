"""Every recipient's copy looked at before anything is sent: how far it is, and whose would break."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from render_preview.location import Location
from sync.errors import RefusedError, ServiceError
from tui.text import count_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from contract.clock import Clock
    from contract.preflight import BrokenCopy, PreflightPage
    from tui.sending_services import Sending

MOST_NAMED = 1_000
"""Names that are kept; all are counted."""
_CHANGED = "The mail or its audience changed meanwhile."


class CopyWatch:
    """Goes through the pages; `stop` ends that, and what was found stays."""

    def __init__(self, sending: Sending, clock: Clock) -> None:
        self._sending, self._clock = sending, clock
        self._began = 0.0
        self._begin(0)

    def _begin(self, of: int) -> None:
        self.of, self.checked = of, 0
        self.running = self.finished = False
        self.trouble, self.refused = "", False
        self.broken: list[BrokenCopy] = []
        self.left_out = self.incomplete = 0
        self.missing: Counter[str] = Counter()

    @property
    def shares(self) -> dict[str, float]:
        """Once all were looked at: the share of them that lacks a field."""
        return {field: count / self.checked for field, count in self.missing.items()} if self.finished else {}

    @property
    def words(self) -> str:
        """Where it stands, in a few words."""
        if self.trouble:
            return self.trouble
        if self.running:
            return f"{self.checked:,} of {self.of:,} looked at{self._time_left}; x stops"
        if not self.finished:
            return f"stopped after {self.checked:,} of {self.of:,}" if self.of else "not looked at yet"
        whole = f"{self.checked:,} looked at"
        return f"{whole}, {self.verdict}" if self.broken else f"{whole}, all of them whole"

    @property
    def _time_left(self) -> str:
        taken = self._clock.monotonic() - self._began
        if not self.checked or taken <= 0:
            return ""
        return f", {(self.of - self.checked) * taken / self.checked:.0f} s left"

    @property
    def verdict(self) -> str:
        """How many copies are not right."""
        gaps = f"{count_words(self.incomplete, 'copy', 'copies')} with gaps" if self.incomplete else ""
        out = f"{self.left_out:,} cannot be mailed" if self.left_out else ""
        return ", ".join(filter(None, (gaps, out)))

    @property
    def found(self) -> list[tuple[str, str, Location]]:
        """As findings of the review."""
        if self.refused:
            return [("error", self.trouble, Location())]
        if not self.broken:
            return []
        level = "error" if self.finished and self.left_out == self.checked else "warning"
        return [(level, f"{self.verdict[0].upper()}{self.verdict[1:]}. c shows whose, and why.", Location())]

    def stop(self) -> None:
        """After the page that is under way."""
        self.running = False

    async def run(self, id: str, of: int, changed: Callable[[], None]) -> None:
        """Look at every copy of the synced campaign; `changed` is called after each page."""
        self._begin(of)
        self._began, self.running, cursor = self._clock.monotonic(), True, None
        try:
            while self.running:
                page = await self._sending.preflight(id, cursor)
                self._add(page)
                cursor = page.next_cursor
                if cursor is None:
                    self.running, self.finished = False, True
                changed()
        except ServiceError as error:
            self.refused = isinstance(error, RefusedError) and cursor is None
            self.trouble = _CHANGED if isinstance(error, RefusedError) and cursor else str(error)
            changed()
        finally:
            self.running = False

    def _add(self, page: PreflightPage) -> None:
        self.checked += page.checked
        self.broken += page.broken[: max(0, MOST_NAMED - len(self.broken))]
        for copy in page.broken:
            self.missing.update(copy.missing)
            self.left_out += copy.left_out
            self.incomplete += not copy.left_out


def why_broken(copy: BrokenCopy) -> str:
    """All of it in one line."""
    gaps = [f"has no {field}" for field in copy.missing]
    return "; ".join([*copy.faults, *gaps] if copy.left_out else [*gaps, *copy.faults])
