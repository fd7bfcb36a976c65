"""Telling clients that there is something to pull."""

from backend.domain import Domain
from backend.events.api import EventController

domain = Domain(controllers=[EventController])
