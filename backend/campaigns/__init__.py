"""Campaigns: writing them, and deciding when they go."""

from backend.campaigns.api import CampaignController, CampaignSendingController
from backend.campaigns.deliveries_api import DeliveryController, OutboxController
from backend.campaigns.queries import present
from backend.domain import Domain
from contract.feed import Kind

domain = Domain(
    controllers=[CampaignController, CampaignSendingController, OutboxController, DeliveryController],
    presenters={Kind.CAMPAIGN: present},
)
