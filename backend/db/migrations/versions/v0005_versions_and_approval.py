"""Documents keep earlier versions, campaigns their approval, organisations templates and snippets."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import BIG, DOC_ID, MOMENT, WORDS, optional, required, scoped

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Documents that are there have no editor known; their first change keeps what they hold now."""
    scoped(
        "saved_mail",
        *required(DOC_ID, "id"),
        *required(WORDS, "kind", "name"),
        *required(sa.JSON(), "content_json"),
        *required(MOMENT, "created_at", "updated_at"),
    )
    op.create_index("ix_saved_mail_org_id_kind_name_id", "saved_mail", ["org_id", "kind", "name", "id"])
    scoped(
        "document_version",
        *required(DOC_ID, "id", "document_id"),
        *required(WORDS, "name"),
        *required(sa.JSON(), "content_json"),
        *required(MOMENT, "saved_at"),
        *optional(BIG, "saved_by"),
    )
    op.create_index(
        "ix_document_version_org_id_document_id_saved_at_id",
        "document_version",
        ["org_id", "document_id", "saved_at", "id"],
    )
    scoped(
        "campaign_approval",
        *required(DOC_ID, "campaign_id"),
        *required(BIG, "user_id"),
        *required(WORDS, "content_hash", "audience_hash"),
        *required(MOMENT, "at"),
        sa.ForeignKeyConstraint(
            ["org_id", "campaign_id"],
            ["campaign.org_id", "campaign.id"],
            name="fk_campaign_approval_org_id_campaign_id_campaign",
            ondelete="CASCADE",
        ),
        key=("campaign_id",),
    )
    for table in ("campaign", "sequence"):
        op.add_column(table, sa.Column("edited_by", BIG, nullable=True))
        op.add_column(table, sa.Column("version_kept_at", MOMENT, nullable=True))
    op.add_column("org", sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.false()))
