"""The ledger's rows are in fewer indexes, and nobody asks for each whether its organisation is there."""

from alembic import op

revision = "0014"
down_revision = "0013"

_WITHOUT_ROWID = {"sqlite_with_rowid": False}


def upgrade() -> None:
    """What a contact has is unique by an index that begins with the contact, which serves both questions.

    People in a sequence are told apart within it: their list needs no index of its own then. That nobody is
    in it twice follows from the numbers of runs: a new one comes after the last, if that has ended.
    """
    op.drop_index("ix_delivery_org_id_contact_id", "delivery")
    with op.batch_alter_table("delivery", table_kwargs=_WITHOUT_ROWID) as batch:
        batch.drop_constraint("uq_delivery_org_id_source_id_step_id_run_no_contact_id", type_="unique")
        batch.drop_constraint("fk_delivery_org_id_org", type_="foreignkey")
    mail = ["org_id", "contact_id", "source_id", "step_id", "run_no"]
    op.create_index("ux_delivery_contact", "delivery", mail, unique=True)
    for name in (
        "ix_enrolment_org_id_contact_id",
        "ix_enrolment_org_id_sequence_id_id",
        "ux_enrolment_active",
    ):
        op.drop_index(name, "enrolment")
    with op.batch_alter_table("enrolment", table_kwargs=_WITHOUT_ROWID) as batch:
        batch.drop_constraint("uq_enrolment_org_id_sequence_id_contact_id_run_no", type_="unique")
        batch.drop_constraint("fk_enrolment_org_id_org", type_="foreignkey")
        batch.drop_constraint("pk_enrolment", type_="primary")
        batch.create_primary_key("pk_enrolment", ["org_id", "sequence_id", "id"])
    run = ["org_id", "contact_id", "sequence_id", "run_no"]
    op.create_index("ux_enrolment_contact", "enrolment", run, unique=True)
