"""What every mapped class has in common."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from backend.db.types import BigId, DocId, JsonDict, UtcDateTime, Words

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all mapped classes. Constraint names are fixed, so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Words,
        datetime: UtcDateTime,
        dict[str, Any]: JsonDict,
    }


class OrgScoped:
    """A row that belongs to one organisation: every key begins with `org_id`.

    The session adds the organisation to each statement and stamps it on each new row
    (backend/db/session.py); no query and no service names it.
    """

    org_id: Mapped[int] = mapped_column(BigId, ForeignKey("org.id"), primary_key=True, sort_order=-20)


class LedgerScoped(OrgScoped):
    """`OrgScoped` for tables of millions of rows, written thousands a second, whose key is not checked.

    PostgreSQL looks the organisation up for every single row: a fifth of what a new mail costs there. The
    session stamps it and row-level security compares it, and no organisation is ever deleted.
    """

    org_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, sort_order=-20)


class AuthOnly:
    """Organisations, users and passwords: only `auth` and `orgs` read them.

    What is not `OrgScoped` is refused in an organisation's session.
    """


class DocumentColumns:
    """What segments, campaigns and sequences share. A client may make the id."""

    id: Mapped[str] = mapped_column(DocId, primary_key=True, sort_order=-10)
    name: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class KeepsVersions:
    """A document whose earlier contents are kept (backend/versions.py)."""

    edited_by: Mapped[int | None] = mapped_column(BigId)
    version_kept_at: Mapped[datetime | None]
