"""A contact's last mail is read from the ledger: its column was never written."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Nothing is lost."""
    op.drop_column("contact", "last_sent_at")
