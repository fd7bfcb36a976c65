"""Public pages behind links in mails: unsubscribing, preferences, the mail in the browser."""

from backend.domain import Domain
from backend.tracking.api import MailPages, PreferencePages, UnsubscribePages

domain = Domain(controllers=(), pages=(UnsubscribePages, PreferencePages, MailPages))
