"""What a campaign's mail says, for scripts and for reading before it is sent."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from contract.blocks import load_document
from contract.contact_values import values_of
from contract.contacts import Contact
from render_preview.parts import preview_parts

Json = dict[str, Any]


def preview(content: Json, contact: Json | None) -> Json:
    """Subject, HTML, text, and the fields that had no value."""
    values = values_of(Contact.model_validate(contact)) if contact else {}
    return asdict(preview_parts(load_document(content), values, now=datetime.now(UTC)))
