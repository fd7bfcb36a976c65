"""Which implementations a real process runs with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.app import Background, MakePorts
from backend.housekeeping import housekeeping
from backend.segments.audience import SegmentAudience
from backend.sending import SendingSide
from backend.tracking.recording import recording


@dataclass(frozen=True, slots=True)
class Options:
    """`mailcatcher`: where the local mail catcher stores; None = there is none."""

    worker: bool = True
    mailcatcher: Path | None = None
    demo: bool = False


def assemble(options: Options) -> tuple[MakePorts, Sequence[Background]]:
    """The ports, and what runs beside the routes."""
    sending = SendingSide(SegmentAudience(), worker=options.worker, mailcatcher=options.mailcatcher)
    return sending.make_ports, (sending.background, housekeeping, recording)
