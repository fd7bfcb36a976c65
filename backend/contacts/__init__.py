"""Contacts and their typed custom fields."""

from backend.contacts.api import ContactController, FieldController
from backend.contacts.suppression_api import SuppressionController
from backend.domain import Domain

domain = Domain(controllers=[ContactController, FieldController, SuppressionController])
