"""Mails that came back: read, matched with what was sent, and acted upon."""

from backend.bounces.api import BounceController
from backend.domain import Domain

domain = Domain(controllers=[BounceController])
