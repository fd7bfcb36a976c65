"""Reading templates and snippets."""

from sqlalchemy import Select, select

from backend.db.models.library import SavedMail
from backend.pagination import Order
from contract.library import SavedKind
from contract.library import SavedMail as SavedMailWire
from contract.wire import format_timestamp

BY_NAME = Order(SavedMail.name, SavedMail.id)


def matching(kind: SavedKind | None) -> Select[SavedMail]:
    """Those of one kind, or all."""
    query = select(SavedMail)
    return query if kind is None else query.where(SavedMail.kind == kind.value)


def to_wire(row: SavedMail) -> SavedMailWire:
    """A row as answered."""
    return SavedMailWire(
        id=row.id,
        kind=SavedKind(row.kind),
        name=row.name,
        content_json=row.content_json,
        created_at=row.created_at,
        updated_at=format_timestamp(row.updated_at),
    )
