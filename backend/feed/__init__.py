"""What changed, for clients that keep copies."""

from backend.domain import Domain
from backend.feed.api import FeedController

domain = Domain(controllers=[FeedController])
