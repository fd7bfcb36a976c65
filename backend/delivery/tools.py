"""What a sending worker is given."""

from dataclasses import dataclass
from random import Random

from backend.db.engine import Database
from backend.delivery.accounts import Accounts
from backend.delivery.content import Letters
from backend.delivery.counts import Counts
from backend.delivery.enrolling import Enroller
from backend.delivery.freeze import Freezer
from backend.delivery.mailer import Mailer
from backend.delivery.monitor import Monitor
from backend.delivery.sweeps import Sweeps
from backend.ports import Audience
from contract.clock import Clock


@dataclass(frozen=True, slots=True)
class Tools:
    """Shared by all sessions of one worker."""

    database: Database
    clock: Clock
    random: Random
    mailer: Mailer
    accounts: Accounts
    letters: Letters
    freezer: Freezer
    audience: Audience
    enroller: Enroller
    sweeps: Sweeps
    monitor: Monitor
    counts: Counts
