"""One frozen audience being mailed at a steady rate."""

from __future__ import annotations

from dataclasses import dataclass

from contract.delivery import Progress


@dataclass
class Shipment:
    """`started` and `stopped` in seconds of the monotonic clock; `lost` are seconds spent paused."""

    total: int
    per_second: float
    started: float
    stopped: float | None = None
    lost: float = 0.0
    cancelled: bool = False

    def act(self, action: str, now: float) -> None:
        """pause, resume or cancel."""
        if action == "resume" and self.stopped is not None:
            self.lost += now - self.stopped
            self.stopped = None
        elif action in ("pause", "cancel") and self.stopped is None:
            self.stopped = now
        self.cancelled = self.cancelled or action == "cancel"

    def handled(self, now: float) -> int:
        """Mails that reached a final state."""
        seconds = (self.stopped if self.stopped is not None else now) - self.started - self.lost
        return max(0, min(self.total, int(seconds * self.per_second)))

    def progress(self, now: float) -> Progress:
        """The counts as the server would give them."""
        handled = self.handled(now)
        bounced, skipped, failed = handled // 83, handled // 131, handled // 401
        left = self.total - handled
        running = left > 0 and self.stopped is None
        return Progress(
            total=self.total,
            pending=0 if self.cancelled else left,
            accepted=handled - bounced - skipped - failed,
            bounced=bounced,
            skipped=skipped,
            failed=failed,
            cancelled=left if self.cancelled else 0,
            per_second=self.per_second if running else 0.0,
            seconds_left=left / self.per_second if running else None,
        )

    def minutes(self, now: float) -> list[int]:
        """Mails accepted in each minute, with a little life in it."""
        handled, minute, result = self.handled(now), 0, []
        while handled > 0 and minute < 240:
            size = max(1, int(self.per_second * (40 + minute * 17 % 23)))
            result.append(min(size, handled))
            handled -= size
            minute += 1
        return result
