"""Recorded answers shrink after a day, and contacts are listed from an index that covers the order."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The default is for the rows that are there; new ones are always told."""
    op.create_index("ix_contact_org_id_email_id", "contact", ["org_id", "email", "id"])
    with op.batch_alter_table("idempotency") as batch:
        batch.add_column(sa.Column("reduced", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("idempotency") as batch:
        batch.alter_column("reduced", server_default=None)
