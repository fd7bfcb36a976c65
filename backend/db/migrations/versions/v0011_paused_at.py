"""When a sequence was paused, so that its people can wait on as if it had not been."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import MOMENT

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Of one that is paused already nobody knows when that was."""
    op.add_column("sequence", sa.Column("paused_at", MOMENT, nullable=True))
