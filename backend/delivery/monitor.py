"""What this process saw of running sends: speed for the progress bar, and breakers that stop them."""

from collections.abc import Callable, Mapping

from backend.delivery.journal import Ends
from backend.delivery.limits import Meter
from backend.delivery.sources import Source
from contract.clock import Clock
from contract.delivery import DeliveryState

Tripped = Callable[[Source, str], None]


class Monitor:
    """Listens to the journal. What stops a campaign stands in the tables; here it is known sooner."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._meters: dict[str, Meter] = {}
        self._stopped: dict[Source, str] = {}
        self.bounced_orgs: set[int] = set()
        self.on_trip: Tripped | None = None

    def listen(self, ends: Ends, tripped: Mapping[Source, str]) -> None:
        """Note outcomes that are durable, and campaigns that must stop because of them."""
        accepted: dict[str, int] = {}
        for row, outcome in ends:
            if outcome.state is DeliveryState.ACCEPTED:
                accepted[row.source.id] = accepted.get(row.source.id, 0) + 1
            elif outcome.state is DeliveryState.BOUNCED:
                self.bounced_orgs.add(row.source.org_id)
        for source_id, count in accepted.items():
            self._meters.setdefault(source_id, Meter(self._clock)).add(count)
        for source, reason in tripped.items():
            if source not in self._stopped:
                self._stopped[source] = reason
                if self.on_trip is not None:
                    self.on_trip(source, reason)

    def know_stopped(self, stopped: Mapping[Source, str]) -> None:
        """What the tables say; whatever was let go on since is no longer among them."""
        self._stopped = dict(stopped)

    def is_stopped(self, source: Source) -> bool:
        """Whether its breaker tripped and nobody has resumed it."""
        return source in self._stopped

    def per_second(self, source_id: str) -> float:
        """Mails accepted per second over the last few seconds."""
        meter = self._meters.get(source_id)
        return meter.per_second() if meter is not None else 0.0
