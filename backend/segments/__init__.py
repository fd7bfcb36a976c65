"""Segments: saved filters over contacts, and who is in them."""

from backend.domain import Domain
from backend.segments.api import SegmentController
from backend.segments.queries import present
from contract.feed import Kind

domain = Domain(controllers=[SegmentController], presenters={Kind.SEGMENT: present})
