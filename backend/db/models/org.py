"""Organisations, users, memberships and their sign-in sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import AuthOnly, Base, OrgScoped
from backend.db.types import AutoId, BigId


class Org(AuthOnly, Base):
    """An organisation: the border that no row crosses."""

    __tablename__ = "org"

    id: Mapped[int] = mapped_column(AutoId, primary_key=True)
    name: Mapped[str]
    members_may_send: Mapped[bool] = mapped_column(default=True)
    daily_cap: Mapped[int] = mapped_column(default=0, server_default="0")
    frequency_mails: Mapped[int] = mapped_column(default=0, server_default="0")
    frequency_days: Mapped[int] = mapped_column(default=7, server_default="7")
    time_zone: Mapped[str] = mapped_column(default="", server_default="")
    needs_approval: Mapped[bool] = mapped_column(default=False, server_default=false())
    track_opens: Mapped[bool] = mapped_column(default=False, server_default=false())
    track_clicks: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]


class User(AuthOnly, Base):
    """A person who signs in, in one or several organisations. `email` is kept in lower case."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(AutoId, primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    created_at: Mapped[datetime]


class OrgUser(OrgScoped, Base):
    """A membership."""

    __tablename__ = "org_user"

    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("user_account.id"), primary_key=True)
    role: Mapped[str]


class TokenFamily(OrgScoped, Base):
    """All refresh tokens that descend from one sign-in.

    Tokens are signed and carry (family, generation); only the newest generation counts, and for a
    short grace the one before it.
    """

    __tablename__ = "token_family"
    __table_args__ = (ForeignKeyConstraint(["org_id", "user_id"], ["org_user.org_id", "org_user.user_id"]),)

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(BigId)
    generation: Mapped[int] = mapped_column(default=1)
    rotated_at: Mapped[datetime]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Invitation(OrgScoped, Base):
    """Someone who may become a member until `expires_at`; the row is gone once it was accepted."""

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("org_id", "email"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str]
    role: Mapped[str]
    invited_by: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
