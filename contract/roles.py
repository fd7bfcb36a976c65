"""Roles in an organisation and what each may do."""

from enum import StrEnum


class Role(StrEnum):
    """A person's role in one organisation."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"

    @property
    def may_delete(self) -> bool:
        """Delete documents and contacts, activate sequences, manage sending accounts."""
        return self is not Role.MEMBER
