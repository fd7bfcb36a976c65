"""One request's work: its session, who asks, and what it changed.

A service takes a `Work`, changes rows and says so with `changed`; it never commits and never names an
organisation. The feed entries and audit rows are written with the rows, or not at all.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.feed import FeedChange
from backend.db.records import Applied, write_records
from backend.ports import Ports
from backend.secret_key import SecretKeys
from contract.feed import Kind
from contract.ids import new_document_id
from contract.roles import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. `client` is what the request says about its program, for the audit log."""

    user_id: int
    org_id: int
    role: Role
    members_may_send: bool
    client: str

    @property
    def may_send(self) -> bool:
        """Send and schedule campaigns."""
        return self.role is not Role.MEMBER or self.members_may_send


def content_hash(row: Mapping[str, Any] | None) -> str | None:
    """SHA-256 of a row as answered; None for no row."""
    if row is None:
        return None
    return hashlib.sha256(msgspec.json.encode(row, order="sorted")).hexdigest()


@dataclass(slots=True)
class Work:
    """`now` is one moment for the whole request."""

    session: AsyncSession
    actor: Actor
    now: datetime
    ports: Ports
    keys: SecretKeys
    wakes: bool = False
    _changes: dict[tuple[Kind, str], FeedChange] = field(default_factory=dict)
    _audits: list[dict[str, Any]] = field(default_factory=list)

    def audit(
        self,
        action: str,
        target: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Note a change of state that other clients need not hear of."""
        self._audits.append(
            {
                "id": new_document_id(),
                "user_id": self.actor.user_id,
                "action": action,
                "target": target,
                "client": self.actor.client,
                "before_hash": content_hash(before),
                "after_hash": content_hash(after),
            }
        )

    def changed(
        self,
        action: str,
        change: FeedChange,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        target: str | None = None,
    ) -> None:
        """Note a change of a row, for the audit log and for the feed; the last word on a row counts.

        `target` is for the audit log, where the feed speaks of something coarser.
        """
        self.audit(action, target or f"{change.kind}/{change.doc_id}", before, after)
        self._changes[change.kind, change.doc_id] = change

    def contacts_changed(self, action: str, target: str) -> None:
        """Note a change of contacts: one marker in the feed, however many they are."""
        self.changed(action, FeedChange(Kind.CONTACTS, ""), target=target)

    async def write_records(self, applied: Applied | None = None) -> str:
        """Put what was noted into feed and audit log, right before the commit, and keep the answer.

        What it gives is where the feed stands then: `seq.nonce` of the newest change.
        """
        changes, audits = list(self._changes.values()), list(self._audits)
        self._changes.clear()
        self._audits.clear()
        return await write_records(self.session, changes, audits, applied, self.now)


CurrentWork = NamedDependency[Work]
"""How a route asks for its `Work`."""
