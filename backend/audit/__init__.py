"""The audit log, for those who answer for the organisation."""

from backend.audit.api import AuditController
from backend.domain import Domain

domain = Domain(controllers=[AuditController])
