"""What everything in the backend is built from."""

from dataclasses import dataclass, field

from backend.db.engine import Database
from backend.pokes import Pokes
from backend.secret_key import SecretKeys
from backend.settings import Settings
from contract.clock import Clock


@dataclass(frozen=True, slots=True)
class Parts:
    """Made once per application."""

    settings: Settings
    clock: Clock
    database: Database
    keys: SecretKeys
    pokes: Pokes = field(default_factory=Pokes)
