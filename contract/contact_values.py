"""A contact's fields as merge tags read them: plain words, by field key.

Here, because a preview on one side must say what the mail of the other will say.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contract.contacts import Contact


def written(value: Any) -> str:
    """A custom value as a person would write it; nothing for no value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def values_of(contact: Contact) -> dict[str, str]:
    """Of a contact on the wire."""
    return contact_values(contact.email, contact.name, contact.status, contact.created_at, contact.fields)


def contact_values(
    email: str, name: str | None, status: str, created_at: datetime, attrs: Mapping[str, Any]
) -> dict[str, str]:
    """Built-in fields win over custom ones of the same key."""
    values = {key: written(value) for key, value in attrs.items()}
    return values | {
        "email": email,
        "name": name or "",
        "status": status,
        "created_at": created_at.date().isoformat(),
    }
