"""What this process saw of running sends: speed for the progress bar, and breakers that stop them."""

from collections.abc import Callable, Mapping

from backend.delivery.journal import Ends
from backend.delivery.limits import Meter, Pace
from backend.delivery.sources import Source
from contract.clock import Clock
from contract.delivery import DeliveryState

Tripped = Callable[[Source, str], None]
MOST_PACES = 1_000


class Monitor:
    """Listens to the journal. What stops a campaign stands in the tables; here it is known sooner."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._meters: dict[str, Meter] = {}
        self._paces: dict[str, Pace] = {}
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

    def per_second(self, source_id: str, accepted: int) -> float:
        """Mails accepted per second over the last few seconds: as we sent them, or as others did.

        `accepted` is how many there are now, by the tables.
        """
        if len(self._paces) > MOST_PACES:
            self._paces.clear()
        others = self._paces.setdefault(source_id, Pace(self._clock)).saw(accepted)
        meter = self._meters.get(source_id)
        ours = meter.per_second() if meter is not None else 0.0
        return ours or others
