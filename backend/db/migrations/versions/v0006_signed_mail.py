"""Accounts sign what they send, and get their bounces at an address of their own."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import BIG, MOMENT, WORDS, required, scoped

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Accounts that are there go on as they were: unsigned, with bounces to the sender."""
    scoped(
        "dkim_key",
        *required(BIG, "id", "account_id"),
        *required(WORDS, "selector", "algorithm", "private_sealed", "public_key"),
        sa.Column("active", sa.Boolean(), nullable=False),
        *required(MOMENT, "created_at"),
        sa.UniqueConstraint(
            "org_id", "account_id", "selector", name="uq_dkim_key_org_id_account_id_selector"
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "account_id"],
            ["sending_account.org_id", "sending_account.id"],
            name="fk_dkim_key_org_id_account_id_sending_account",
            ondelete="CASCADE",
        ),
    )
    op.add_column("sending_account", sa.Column("bounce_address", WORDS, nullable=False, server_default=""))
    scoped(
        "soft_bounces",
        *required(WORDS, "address_hash"),
        sa.Column("score", sa.Double(), nullable=False),
        *required(MOMENT, "at"),
        key=("address_hash",),
    )
    op.add_column(
        "field", sa.Column("on_preferences", sa.Boolean(), nullable=False, server_default=sa.false())
    )
