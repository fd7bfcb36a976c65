"""Sending accounts."""

from backend.accounts.api import SendingAccountController
from backend.accounts.deliverability_api import DeliverabilityController
from backend.accounts.dkim_api import DkimKeyController
from backend.domain import Domain

domain = Domain(controllers=[SendingAccountController, DkimKeyController, DeliverabilityController])
