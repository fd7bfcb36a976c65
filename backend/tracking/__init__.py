"""Public pages behind links in mails: unsubscribing, preferences, the mail in the browser, and tracking."""

from backend.domain import Domain
from backend.tracking.api import MailPages, PreferencePages, UnsubscribePages
from backend.tracking.link_pages import LinkPages

domain = Domain(controllers=(), pages=(UnsubscribePages, PreferencePages, MailPages, LinkPages))
