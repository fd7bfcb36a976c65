"""Public pages behind links in mails: unsubscribing."""

from backend.domain import Domain
from backend.tracking.api import UnsubscribePages

domain = Domain(controllers=(), pages=(UnsubscribePages,))
