"""The badge and the engine, as far as screens can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstore.records import Hold
from sync.errors import ServiceError
from sync.status import Badge, BadgeState

if TYPE_CHECKING:
    from collections.abc import Callable

    from localstore.records import DocKind, Draft, MassDeletion
    from tui.memory.drafts import MemoryDrafts
    from tui.memory.hub import Hub

_QUESTIONS = (Hold.CONFLICT, Hold.GONE, Hold.LOCKED, Hold.REWOUND)


class MemorySync:
    """Derives everything from the drafts and the switches."""

    def __init__(self, hub: Hub, drafts: MemoryDrafts) -> None:
        self._hub, self._drafts = hub, drafts
        self.pushes = 0
        self.deletion: MassDeletion | None = None
        self.answers: list[str] = []
        self.left: str | None = None

    @property
    def who(self) -> str:
        return "" if self.left else "ana@shop.example · Demo"

    @property
    def server(self) -> str:
        return self._hub.server

    def mass_deletion(self) -> MassDeletion | None:
        return self.deletion

    async def answer_deletion(self, answer: str) -> None:
        self.deletion = None
        self.answers.append(answer)
        self._hub.changed()

    def member_changes(self) -> list[tuple[str, int, str]]:
        return []

    async def sign_in(self, email: str, password: str) -> None:  # noqa: ARG002  # anybody may
        self._hub.reach_server()
        if password != "right":  # noqa: S105  # the twin's only password
            message = "E-mail or password is wrong."
            raise ServiceError(message)
        self.left = None
        self._hub.signed_out = False
        self._hub.changed()

    async def sign_out(self, *, discard: bool) -> None:
        self.left = "discarded" if discard else "kept"
        self._hub.signed_out = True
        self._hub.changed()

    def badge(self, kind: DocKind | None = None, id: str | None = None) -> Badge:
        drafts = [d for d in self._drafts.all() if id is None or (d.kind is kind and d.id == id)]
        if self._hub.not_saved:
            return Badge(BadgeState.NOT_SAVED, "NOT SAVED: the disk is full")
        return self._held(drafts) or self._waiting(drafts)

    def _held(self, drafts: list[Draft]) -> Badge | None:
        conflicts = sum(d.state.hold in _QUESTIONS for d in drafts) + (self.deletion is not None)
        if conflicts:
            return Badge(BadgeState.CONFLICT, f"{conflicts} conflict{'s'[: conflicts > 1]}")
        rejected = next((d for d in drafts if d.state.asks), None)
        return Badge(BadgeState.REJECTED, f"rejected: {rejected.state.detail}") if rejected else None

    def _waiting(self, drafts: list[Draft]) -> Badge:
        dirty = sum(d.state.dirty for d in drafts)
        if self._hub.signed_out:
            return Badge(BadgeState.SIGN_IN, "sign in")
        if self._hub.offline:
            return Badge(BadgeState.OFFLINE, f"offline, {dirty} waiting" if dirty else "offline")
        if dirty:
            return Badge(BadgeState.SAVED, "saved here")
        return Badge(BadgeState.SYNCED, f"synced {self._hub.clock.now():%H:%M}")

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._hub.listeners.append(changed)
        return lambda: self._hub.listeners.remove(changed)

    def now(self) -> None:
        self.pushes += 1
        self._drafts.push_all()

    async def wait_synced(self, kind: DocKind, id: str) -> Draft:
        self._hub.reach_server()
        self._drafts.push_all()
        draft = self._drafts.get(kind, id)
        assert draft is not None
        return draft
