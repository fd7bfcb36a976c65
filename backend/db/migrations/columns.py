"""What columns are in migrations: fixed once released, whatever becomes of the models."""

from typing import Any

import sqlalchemy as sa
from alembic import op

BIG = sa.BigInteger()
AUTO = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WORDS = sa.String().with_variant(sa.Text(collation="C"), "postgresql")
DOC_ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")


def required(kind: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    """Columns of one kind that always have a value."""
    return [sa.Column(name, kind, nullable=False) for name in names]


def optional(kind: sa.types.TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    """Columns of one kind that may be NULL."""
    return [sa.Column(name, kind, nullable=True) for name in names]


def scoped(table: str, *parts: Any, key: tuple[str, ...] = ("id",), **options: Any) -> None:
    """Make a table of rows that belong to an organisation."""
    op.create_table(
        table,
        sa.Column("org_id", BIG, nullable=False, autoincrement=False),
        *parts,
        sa.PrimaryKeyConstraint("org_id", *key, name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["org_id"], ["org.id"], name=f"fk_{table}_org_id_org"),
        **options,
    )


def where(condition: str) -> dict[str, Any]:
    """A partial index, for both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
