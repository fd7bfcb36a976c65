"""An organisation may say how many mails one contact may get within some days."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """0 mails: no cap, as it was."""
    op.add_column("org", sa.Column("frequency_mails", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("org", sa.Column("frequency_days", sa.Integer(), nullable=False, server_default="7"))
