"""What everything in the backend is built from."""

from dataclasses import dataclass, field

from backend.db.engine import Database
from backend.frozen_links import FrozenLinks
from backend.pokes import Pokes
from backend.secret_key import SecretKeys
from backend.settings import Settings
from backend.uses import Uses
from contract.clock import Clock


@dataclass(frozen=True, slots=True)
class Parts:
    """Made once per application."""

    settings: Settings
    clock: Clock
    database: Database
    keys: SecretKeys
    pokes: Pokes = field(default_factory=Pokes)
    uses: Uses = field(default_factory=Uses)
    links: FrozenLinks = field(default_factory=FrozenLinks)
