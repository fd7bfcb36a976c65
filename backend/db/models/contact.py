"""Contacts, their custom fields, and addresses that must not be written to.

Custom fields live in typed slots, t1..t16 for text and n1..n16 for numbers, so that a filter is a plain
comparison of columns: under row-level security PostgreSQL cannot use an index on JSON.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped
from backend.db.epoch import EpochMicros
from backend.db.types import BigId, DocId

SLOTS = 16


class Contact(OrgScoped, Base):
    """A person one may write to.

    `email` is in lower case; `name_folded` and t1..t16 are casefolded for comparison, what people see is
    in `name` and `ContactAttrs`. Dates are days since 1970 and booleans 0 or 1, in n1..n16.
    """

    __tablename__ = "contact"
    __table_args__ = (
        UniqueConstraint("org_id", "email"),
        Index(None, "org_id", "email", "id"),  # covers lists and positions; the unique one does not
        Index(None, "org_id", "created_at", "id"),
        Index(None, "org_id", "rev"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, sort_order=-10)
    email: Mapped[str]
    name: Mapped[str | None]
    name_folded: Mapped[str | None]
    status: Mapped[str]
    time_zone: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    rev: Mapped[int] = mapped_column(BigId, default=0)
    last_open_at: Mapped[datetime | None] = mapped_column(EpochMicros)
    last_click_at: Mapped[datetime | None] = mapped_column(EpochMicros)
    t1: Mapped[str | None]
    t2: Mapped[str | None]
    t3: Mapped[str | None]
    t4: Mapped[str | None]
    t5: Mapped[str | None]
    t6: Mapped[str | None]
    t7: Mapped[str | None]
    t8: Mapped[str | None]
    t9: Mapped[str | None]
    t10: Mapped[str | None]
    t11: Mapped[str | None]
    t12: Mapped[str | None]
    t13: Mapped[str | None]
    t14: Mapped[str | None]
    t15: Mapped[str | None]
    t16: Mapped[str | None]
    n1: Mapped[float | None]
    n2: Mapped[float | None]
    n3: Mapped[float | None]
    n4: Mapped[float | None]
    n5: Mapped[float | None]
    n6: Mapped[float | None]
    n7: Mapped[float | None]
    n8: Mapped[float | None]
    n9: Mapped[float | None]
    n10: Mapped[float | None]
    n11: Mapped[float | None]
    n12: Mapped[float | None]
    n13: Mapped[float | None]
    n14: Mapped[float | None]
    n15: Mapped[float | None]
    n16: Mapped[float | None]


class ContactAttrs(OrgScoped, Base):
    """The custom values of a contact as people typed them, by field key."""

    __tablename__ = "contact_attrs"
    __table_args__ = (
        ForeignKeyConstraint(["org_id", "contact_id"], ["contact.org_id", "contact.id"], ondelete="CASCADE"),
    )

    contact_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    attrs: Mapped[dict[str, Any]]


class CustomField(OrgScoped, Base):
    """A typed custom field and the slot its values are in. Contacts change it if `on_preferences`."""

    __tablename__ = "field"
    __table_args__ = (UniqueConstraint("org_id", "slot"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    slot: Mapped[str]
    label: Mapped[str]
    choices: Mapped[dict[str, Any]]
    on_preferences: Mapped[bool] = mapped_column(default=False, server_default=false())


class Suppression(OrgScoped, Base):
    """An address that is never written to, whatever contact bears it, and why.

    The address itself is not kept: `address_hash` is SHA-256 of it in lower case. `contact_id` is who bore
    it then, `source_id` the campaign or sequence whose mail led to it, where that is known.
    """

    __tablename__ = "suppression"
    __table_args__ = (Index(None, "org_id", "since", "address_hash"),)

    address_hash: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    since: Mapped[datetime]
    contact_id: Mapped[int | None] = mapped_column(BigId)
    source_id: Mapped[str | None] = mapped_column(DocId)
    undone_at: Mapped[datetime | None]
