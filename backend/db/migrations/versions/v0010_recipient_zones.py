"""A campaign may come at one time of day in each contact's own time zone."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import MOMENT, WORDS

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """What is scheduled goes to everyone at one moment, as it was."""
    op.add_column("campaign", sa.Column("local_time", WORDS, nullable=True))
    op.add_column("campaign", sa.Column("starts_at", MOMENT, nullable=True))
