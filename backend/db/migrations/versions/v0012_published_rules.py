"""Whom a sequence is for and its settings are published with its steps."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import BIG

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """What runs already goes on as it did: without settings, for the segment that its draft names."""
    op.add_column("sequence", sa.Column("published_rules", sa.JSON(), nullable=True))
    op.add_column("sequence", sa.Column("account_id", BIG, nullable=True))
