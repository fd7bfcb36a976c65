"""Sending accounts."""

from backend.accounts.api import SendingAccountController
from backend.domain import Domain

domain = Domain(controllers=[SendingAccountController])
