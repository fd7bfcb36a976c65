"""An organisation may have a time zone, which counts for contacts whose own is not known."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import MOMENT, WORDS

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """No zone: what is scheduled goes when it would have gone."""
    op.add_column("org", sa.Column("time_zone", WORDS, nullable=False, server_default=""))
    op.add_column("campaign", sa.Column("otherwise_at", MOMENT, nullable=True))
