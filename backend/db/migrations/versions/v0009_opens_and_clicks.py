"""Opens and clicks are kept, where an organisation wants them."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import BIG, DOC_ID, WORDS, optional, required, scoped

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Organisations that are there go on as they were: nothing is tracked."""
    scoped(
        "event",
        *required(BIG, "contact_id"),
        *required(WORDS, "type"),
        *required(BIG, "delivery_id", "link"),
        sa.Column("by_machine", sa.Boolean(), nullable=False),
        *required(DOC_ID, "source_id"),
        *required(sa.Integer(), "times"),
        *required(BIG, "first_at", "last_at"),
        key=("contact_id", "type", "delivery_id", "link", "by_machine"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_event_org_id_source_id_type", "event", ["org_id", "source_id", "type"])
    for column in optional(BIG, "last_open_at", "last_click_at"):
        op.add_column("contact", column)
    for name in ("track_opens", "track_clicks"):
        op.add_column("org", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
