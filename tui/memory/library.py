"""Templates and snippets in memory."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contract.ids import new_document_id
from localstore.records import SavedMail

if TYPE_CHECKING:
    from localstore.records import Json
    from tui.memory.hub import Hub


@dataclass
class MemoryLibrary:
    """One shelf; `kept` is what is on it, by id."""

    hub: Hub
    kept: dict[str, SavedMail] = field(default_factory=dict)

    async def list(self) -> list[SavedMail]:
        self.hub.reach_server()
        return sorted(self.kept.values(), key=lambda saved: saved.name.casefold())

    async def save(self, name: str, content_json: Json, id: str | None = None) -> SavedMail:
        self.hub.reach_server()
        saved = SavedMail(id or new_document_id(), name, copy.deepcopy(content_json))
        self.kept[saved.id] = saved
        return saved

    async def delete(self, id: str) -> None:
        self.hub.reach_server()
        self.kept.pop(id, None)
