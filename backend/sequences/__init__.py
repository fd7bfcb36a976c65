"""Sequences: mails with delays between them, for everyone who enters a segment."""

from backend.domain import Domain
from backend.sequences.api import SequenceController, SequenceRunController
from backend.sequences.queries import present
from backend.sequences.report_api import SequenceReportController
from contract.feed import Kind

domain = Domain(
    controllers=[SequenceController, SequenceRunController, SequenceReportController],
    presenters={Kind.SEQUENCE: present},
)
