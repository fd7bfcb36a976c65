"""What this process saw of running sends: speed for the progress bar, and breakers that stop them."""

from collections.abc import Callable

from backend.delivery.journal import Ends
from backend.delivery.limits import Breaker, Meter
from backend.delivery.sources import Source, SourceKind
from contract.clock import Clock
from contract.delivery import DeliveryState

Tripped = Callable[[Source, str], None]


class Monitor:
    """Listens to the journal. Counts begin anew when a person resumes a campaign."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._meters: dict[str, Meter] = {}
        self._breakers: dict[str, Breaker] = {}
        self._stopped: dict[str, str] = {}
        self.bounced_orgs: set[int] = set()
        self.on_trip: Tripped | None = None

    def listen(self, ends: Ends) -> None:
        """Count outcomes that are durable."""
        accepted: dict[str, int] = {}
        for row, outcome in ends:
            source = row.source
            if outcome.state is DeliveryState.ACCEPTED:
                accepted[source.id] = accepted.get(source.id, 0) + 1
            elif outcome.state is DeliveryState.BOUNCED:
                self.bounced_orgs.add(source.org_id)
            if source.kind is SourceKind.CAMPAIGN:
                self._judge(source, outcome.state)
        for source_id, count in accepted.items():
            self._meters.setdefault(source_id, Meter(self._clock)).add(count)

    def _judge(self, source: Source, state: DeliveryState) -> None:
        reason = self._breakers.setdefault(source.id, Breaker()).count(state)
        if reason and source.id not in self._stopped:
            self._stopped[source.id] = reason
            if self.on_trip is not None:
                self.on_trip(source, reason)

    def is_stopped(self, source: Source) -> bool:
        """Whether its breaker tripped and nobody has resumed it."""
        return source.id in self._stopped

    def why_stopped(self, source: Source) -> str | None:
        """The reason its breaker gave."""
        return self._stopped.get(source.id)

    def begin_anew(self, source_id: str) -> None:
        """A person decided; count from here."""
        self._breakers.pop(source_id, None)
        self._stopped.pop(source_id, None)

    def per_second(self, source_id: str) -> float:
        """Mails accepted per second over the last few seconds."""
        meter = self._meters.get(source_id)
        return meter.per_second() if meter is not None else 0.0
