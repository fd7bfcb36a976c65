"""Accounts can be paused by hand and be the default, suppressions say from which mail they came."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import BIG, DOC_ID, MOMENT, WORDS, where

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The oldest account goes on as the default without being marked as one."""
    op.add_column(
        "sending_account", sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("sending_account", sa.Column("paused_at", MOMENT, nullable=True))
    op.add_column("sending_account", sa.Column("paused_because", WORDS, nullable=False, server_default=""))
    op.create_index(
        "ux_sending_account_default", "sending_account", ["org_id"], unique=True, **where("is_default")
    )
    op.add_column("suppression", sa.Column("contact_id", BIG, nullable=True))
    op.add_column("suppression", sa.Column("source_id", DOC_ID, nullable=True))
    op.drop_index("ix_delivery_org_id_source_id_state", "delivery")
    op.create_index(
        "ix_delivery_org_id_source_id_state_id", "delivery", ["org_id", "source_id", "state", "id"]
    )
