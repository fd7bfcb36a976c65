"""Everything: organisations, contacts, documents, the ledger of mails and the feed."""

import sqlalchemy as sa
from alembic import op

from backend.db.migrations.columns import AUTO, BIG, DOC_ID, MOMENT, WORDS, optional, required, scoped, where

revision = "0001"
down_revision = None


def _org() -> None:
    op.create_table(
        "org",
        sa.Column("id", AUTO, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("members_may_send", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_org"),
    )


def _user_account() -> None:
    op.create_table(
        "user_account",
        sa.Column("id", AUTO, nullable=False),
        *required(WORDS, "email", "password_hash"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_account"),
        sa.UniqueConstraint("email", name="uq_user_account_email"),
    )


def _worker_session() -> None:
    op.create_table(
        "worker_session",
        sa.Column("id", WORDS, nullable=False),
        *required(BIG, "started_at", "expires_at"),
        sa.Column("fenced", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_worker_session"),
    )


def _audit() -> None:
    scoped(
        "audit",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", BIG, nullable=True),
        *required(WORDS, "action", "target", "client"),
        *optional(WORDS, "before_hash", "after_hash"),
    )


def _campaign() -> None:
    scoped(
        "campaign",
        sa.Column("id", DOC_ID, nullable=False),
        sa.Column("content_json", sa.JSON(), nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("send_at", MOMENT, nullable=True),
        sa.Column("segment_id", DOC_ID, nullable=True),
        sa.Column("account_id", BIG, nullable=True),
        *optional(WORDS, "audience_hash", "paused_reason"),
        sa.Column("revision", sa.Integer(), nullable=False),
        *optional(MOMENT, "started_at", "finished_at"),
        sa.Column("name", WORDS, nullable=False),
        *required(MOMENT, "created_at", "updated_at"),
    )
    op.create_index("ix_campaign_org_id_updated_at_id", "campaign", ["org_id", "updated_at", "id"])
    op.create_index("ix_campaign_status_send_at", "campaign", ["status", "send_at"])


def _contact() -> None:
    scoped(
        "contact",
        sa.Column("id", BIG, nullable=False),
        sa.Column("email", WORDS, nullable=False),
        *optional(WORDS, "name", "name_folded"),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("time_zone", WORDS, nullable=True),
        *required(MOMENT, "created_at", "updated_at"),
        sa.Column("rev", BIG, nullable=False),
        sa.Column("last_sent_at", MOMENT, nullable=True),
        *optional(WORDS, *(f"t{slot}" for slot in range(1, 17))),
        *optional(sa.Double(), *(f"n{slot}" for slot in range(1, 17))),
        sa.UniqueConstraint("org_id", "email", name="uq_contact_org_id_email"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_org_id_created_at_id", "contact", ["org_id", "created_at", "id"])
    op.create_index("ix_contact_org_id_rev", "contact", ["org_id", "rev"])


def _delivery() -> None:
    scoped(
        "delivery",
        sa.Column("id", BIG, nullable=False),
        sa.Column("source_id", DOC_ID, nullable=False),
        sa.Column("step_id", WORDS, nullable=False),
        *required(sa.Integer(), "run_no", "revision"),
        sa.Column("contact_id", BIG, nullable=False),
        *required(WORDS, "address", "state", "reason"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", BIG, nullable=True),
        sa.Column("session_id", WORDS, nullable=True),
        sa.Column("updated_at", BIG, nullable=False),
        sa.UniqueConstraint(
            "org_id",
            "source_id",
            "step_id",
            "run_no",
            "contact_id",
            name="uq_delivery_org_id_source_id_step_id_run_no_contact_id",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["org_id", "source_id", "due_at", "id"],
        **where("state IN ('pending', 'soft')"),
    )
    op.create_index("ix_delivery_held", "delivery", ["session_id"], **where("state IN ('claimed', 'handed')"))
    op.create_index("ix_delivery_org_id_contact_id", "delivery", ["org_id", "contact_id"])
    op.create_index("ix_delivery_org_id_source_id_state", "delivery", ["org_id", "source_id", "state"])
    op.create_index(
        "ux_delivery_address",
        "delivery",
        ["org_id", "source_id", "step_id", "run_no", "address"],
        unique=True,
        **where("state <> 'skipped'"),
    )


def _enrolment() -> None:
    scoped(
        "enrolment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("sequence_id", DOC_ID, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        *required(sa.Integer(), "run_no", "revision"),
        sa.Column("step_id", WORDS, nullable=True),
        *required(WORDS, "state", "exit_reason"),
        *required(BIG, "entered_at", "entered_step_at"),
        sa.Column("next_run_at", BIG, nullable=True),
        sa.UniqueConstraint(
            "org_id",
            "sequence_id",
            "contact_id",
            "run_no",
            name="uq_enrolment_org_id_sequence_id_contact_id_run_no",
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_enrolment_due",
        "enrolment",
        ["org_id", "sequence_id", "next_run_at", "id"],
        **where("state = 'active'"),
    )
    op.create_index("ix_enrolment_org_id_contact_id", "enrolment", ["org_id", "contact_id"])
    op.create_index("ix_enrolment_org_id_sequence_id_id", "enrolment", ["org_id", "sequence_id", "id"])
    op.create_index(
        "ux_enrolment_active",
        "enrolment",
        ["org_id", "sequence_id", "contact_id"],
        unique=True,
        **where("state = 'active'"),
    )


def _feed_entry() -> None:
    scoped(
        "feed_entry",
        sa.Column("seq", BIG, nullable=False),
        *required(WORDS, "kind", "doc_id"),
        sa.Column("updated_at", WORDS, nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("nonce", WORDS, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sqlite_with_rowid=False,
        key=("seq",),
    )
    op.create_index("ix_feed_entry_org_id_kind_doc_id_seq", "feed_entry", ["org_id", "kind", "doc_id", "seq"])


def _field() -> None:
    scoped(
        "field",
        *required(WORDS, "key", "type", "slot", "label"),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.UniqueConstraint("org_id", "slot", name="uq_field_org_id_slot"),
        key=("key",),
    )


def _idempotency() -> None:
    scoped(
        "idempotency",
        sa.Column("user_id", BIG, nullable=False),
        *required(WORDS, "key", "request_hash"),
        *optional(WORDS, "answer", "feed"),
        sa.Column("at", MOMENT, nullable=False),
        key=("user_id", "key"),
    )
    op.create_index("ix_idempotency_at", "idempotency", ["at"])


def _org_feed() -> None:
    scoped(
        "org_feed",
        *required(BIG, "seq", "pruned_through", "last_row_id"),
        key=(),
    )


def _org_user() -> None:
    scoped(
        "org_user",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_org_user_user_id_user_account"),
        key=("user_id",),
    )


def _segment() -> None:
    scoped(
        "segment",
        sa.Column("id", DOC_ID, nullable=False),
        sa.Column("dsl_json", sa.JSON(), nullable=False),
        sa.Column("name", WORDS, nullable=False),
        *required(MOMENT, "created_at", "updated_at"),
    )


def _sending_account() -> None:
    scoped(
        "sending_account",
        sa.Column("id", BIG, nullable=False),
        *required(WORDS, "name", "host"),
        sa.Column("port", sa.Integer(), nullable=False),
        *required(WORDS, "tls", "username", "password_sealed", "from_name", "from_email"),
        sa.Column("rate", sa.Double(), nullable=False),
        sa.Column("lanes", sa.Integer(), nullable=False),
        sa.Column("paused_reason", WORDS, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )


def _sending_secret() -> None:
    scoped(
        "sending_secret",
        sa.Column("secret", WORDS, nullable=False),
        key=(),
    )


def _sequence() -> None:
    scoped(
        "sequence",
        sa.Column("id", DOC_ID, nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("segment_id", DOC_ID, nullable=True),
        sa.Column("steps_json", sa.JSON(), nullable=False),
        sa.Column("published_revision", sa.Integer(), nullable=False),
        sa.Column("published_hash", WORDS, nullable=True),
        sa.Column("name", WORDS, nullable=False),
        *required(MOMENT, "created_at", "updated_at"),
    )
    op.create_index("ix_sequence_org_id_updated_at_id", "sequence", ["org_id", "updated_at", "id"])


def _suppression() -> None:
    scoped(
        "suppression",
        *required(WORDS, "address_hash", "reason"),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        key=("address_hash",),
    )


def _campaign_revision() -> None:
    scoped(
        "campaign_revision",
        sa.Column("campaign_id", DOC_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content_json", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "campaign_id"],
            ["campaign.org_id", "campaign.id"],
            name="fk_campaign_revision_org_id_campaign_id_campaign",
            ondelete="CASCADE",
        ),
        key=("campaign_id", "revision"),
    )


def _contact_attrs() -> None:
    scoped(
        "contact_attrs",
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("attrs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "contact_id"],
            ["contact.org_id", "contact.id"],
            name="fk_contact_attrs_org_id_contact_id_contact",
            ondelete="CASCADE",
        ),
        key=("contact_id",),
    )


def _segment_member() -> None:
    scoped(
        "segment_member",
        sa.Column("segment_id", DOC_ID, nullable=False),
        sa.Column("contact_id", BIG, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "segment_id"],
            ["segment.org_id", "segment.id"],
            name="fk_segment_member_org_id_segment_id_segment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "contact_id"],
            ["contact.org_id", "contact.id"],
            name="fk_segment_member_org_id_contact_id_contact",
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
        key=("segment_id", "contact_id"),
    )


def _sequence_revision() -> None:
    scoped(
        "sequence_revision",
        sa.Column("sequence_id", DOC_ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("steps_json", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "sequence_id"],
            ["sequence.org_id", "sequence.id"],
            name="fk_sequence_revision_org_id_sequence_id_sequence",
            ondelete="CASCADE",
        ),
        key=("sequence_id", "revision"),
    )


def _token_family() -> None:
    scoped(
        "token_family",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        *required(MOMENT, "rotated_at", "created_at"),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["org_user.org_id", "org_user.user_id"],
            name="fk_token_family_org_id_user_id_org_user",
        ),
    )


def upgrade() -> None:
    """Parents before children."""
    _org()
    _user_account()
    _worker_session()
    _audit()
    _campaign()
    _contact()
    _delivery()
    _enrolment()
    _feed_entry()
    _field()
    _idempotency()
    _org_feed()
    _org_user()
    _segment()
    _sending_account()
    _sending_secret()
    _sequence()
    _suppression()
    _campaign_revision()
    _contact_attrs()
    _segment_member()
    _sequence_revision()
    _token_family()
