"""A contact as a line of a list, and as a page of fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from tui.status_words import contact_status
from tui.text import clean
from tui.widgets.list_rows import Column, Row

if TYPE_CHECKING:
    from contract.contacts import Contact

COLUMNS = (
    Column("Address", 20, grow=3),
    Column("Name", 12, grow=2, from_width=40),
    Column("Status", 14, from_width=56),
    Column("Plan, city and more", 16, grow=3, from_width=110),
)


def contact_row(contact: Contact) -> Row:
    """`data` is the contact itself."""
    status = contact_status(contact.status)
    more = "  ".join(say_value(value) for value in contact.fields.values() if value not in (None, False, ""))
    cells = (contact.email, contact.name or "", status.text, more)
    return Row(contact.id, cells, {2: status.tone, 3: "quiet"}, data=contact)


def say_value(value: Any) -> str:
    """A field's value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def contact_lines(contact: Contact, organisation_zone: str = "") -> Content:
    """Name, address and every field, one a line. The organisation's zone counts where there is no own."""
    status = contact_status(contact.status)
    pairs = [
        ("status", status.text),
        ("time zone", contact.time_zone or (organisation_zone and f"{organisation_zone} (organisation's)")),
        *((key, say_value(value)) for key, value in contact.fields.items()),
        ("since", f"{contact.created_at.astimezone():%Y-%m-%d}"),
    ]
    head = Content.styled(f"{clean(contact.name or contact.email)}\n", "bold") + Content(
        f"{clean(contact.email)}\n\n"
    )
    lines = [
        Content.styled(f"{clean(key):<12} ", "$quiet") + Content(clean(value))
        for key, value in pairs
        if value
    ]
    return head + Content("\n").join(lines)
