"""Sending accounts: through which server an organisation's mail leaves."""

from datetime import datetime

from sqlalchemy import Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped
from backend.db.types import BigId


class SendingAccount(OrgScoped, Base):
    """An SMTP server. `password_sealed` is encrypted with the secret key (backend/secret_key.py).

    `rate` in mails per second and `daily_cap` in mails per day (UTC); 0 = no limit. Bounces come to
    `bounce_address`, with the mail's token in it; without one they come to the sender. Where a campaign
    chose none, the one that `is_default` sends, else the oldest. One that a person paused sends nothing.
    """

    __tablename__ = "sending_account"
    __table_args__ = (
        Index(
            "ux_sending_account_default",
            "org_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False, sort_order=-10)
    name: Mapped[str]
    host: Mapped[str]
    port: Mapped[int]
    tls: Mapped[str]
    username: Mapped[str] = mapped_column(default="")
    password_sealed: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str] = mapped_column(default="")
    from_email: Mapped[str]
    bounce_address: Mapped[str] = mapped_column(default="", server_default="")
    rate: Mapped[float] = mapped_column(default=0.0)
    lanes: Mapped[int] = mapped_column(default=4)
    daily_cap: Mapped[int] = mapped_column(default=0, server_default="0")
    is_default: Mapped[bool] = mapped_column(default=False, server_default=false())
    paused_at: Mapped[datetime | None]
    paused_because: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime]
