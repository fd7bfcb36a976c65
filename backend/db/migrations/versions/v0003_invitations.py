"""People are invited, and what lists read in order comes from an index."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import BIG, MOMENT, WORDS, required, scoped

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Only new things: no row that is there changes."""
    scoped(
        "invitation",
        *required(WORDS, "id", "email", "role"),
        sa.Column("invited_by", BIG, nullable=False),
        *required(MOMENT, "created_at", "expires_at"),
        sa.UniqueConstraint("org_id", "email", name="uq_invitation_org_id_email"),
    )
    op.create_index("ix_audit_org_id_at_id", "audit", ["org_id", "at", "id"])
    op.create_index("ix_audit_org_id_target", "audit", ["org_id", "target"])
    op.create_index(
        "ix_suppression_org_id_since_address_hash", "suppression", ["org_id", "since", "address_hash"]
    )
