"""Earlier contents of campaigns and sequences. Whoever writes a document keeps them (version_keeping.py)."""

from backend.domain import Domain
from backend.versions.api import VersionController

domain = Domain(controllers=[VersionController])
