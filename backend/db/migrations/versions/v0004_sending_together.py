"""Several workers share rates, caps and the verdict on a campaign, and these outlive a restart."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import BIG, DOC_ID, WORDS, optional, required, scoped

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Why an account rests moves to where all workers note it."""
    scoped(
        "quota",
        *required(WORDS, "scope"),
        *optional(BIG, "next_at", "rests_until"),
        *required(sa.Integer(), "day", "used", "failures"),
        *optional(WORDS, "reason"),
        key=("scope",),
    )
    scoped(
        "send_tally",
        *required(DOC_ID, "source_id"),
        *required(sa.Integer(), "ended", "refused", "bounced"),
        *optional(WORDS, "tripped"),
        key=("source_id",),
    )
    for table in ("sending_account", "org"):
        op.add_column(table, sa.Column("daily_cap", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("sending_account") as batch:
        batch.drop_column("paused_reason")
