"""With what a sending account signs."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped
from backend.db.types import BigId


class DkimKey(OrgScoped, Base):
    """`private_sealed` is encrypted with the secret key (backend/secret_key.py). Only active keys sign."""

    __tablename__ = "dkim_key"
    __table_args__ = (
        UniqueConstraint("org_id", "account_id", "selector"),
        ForeignKeyConstraint(
            ["org_id", "account_id"], ["sending_account.org_id", "sending_account.id"], ondelete="CASCADE"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, sort_order=-10)
    account_id: Mapped[int] = mapped_column(BigId)
    selector: Mapped[str]
    algorithm: Mapped[str]
    private_sealed: Mapped[str]
    public_key: Mapped[str]
    active: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
