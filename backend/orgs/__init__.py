"""Organisations, their members and who is invited."""

from backend.domain import Domain
from backend.orgs.api import MemberController, OrganisationController

domain = Domain(controllers=[OrganisationController, MemberController])
