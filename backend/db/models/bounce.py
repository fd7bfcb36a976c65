"""Addresses at which mail failed for a reason that may pass."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, OrgScoped


class SoftBounces(OrgScoped, Base):
    """How many there were lately: `score` as it was `at` that moment; it fades since."""

    __tablename__ = "soft_bounces"

    address_hash: Mapped[str] = mapped_column(primary_key=True)
    score: Mapped[float]
    at: Mapped[datetime]
