"""A contact as merge tags read it, so that a preview says what the mail will say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract.contacts import Contact, FieldValue


def contact_values(contact: Contact) -> dict[str, str]:
    """Words by field key; built-in fields win over custom ones of the same key."""
    values = {key: _written(value) for key, value in contact.fields.items()}
    return values | {
        "email": contact.email,
        "name": contact.name or "",
        "status": str(contact.status),
        "created_at": contact.created_at.date().isoformat(),
    }


def _written(value: FieldValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
