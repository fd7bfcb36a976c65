"""The web beyond the links, and what the server kept of earlier contents, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contract.problems import MissingError
from contract.versions import VersionInfo, VersionList
from sync.errors import RefusedError

if TYPE_CHECKING:
    from contract.versions import DocumentVersion
    from tui.memory.hub import Hub


@dataclass
class MemoryLinks:
    """`broken` says what is wrong, by address; everything else is there."""

    broken: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def trouble(self, url: str) -> str | None:
        self.asked.append(url)
        return self.broken.get(url)


@dataclass
class MemoryVersions:
    """`kept`: newest first, of every document."""

    hub: Hub
    kept: list[DocumentVersion] = field(default_factory=list)

    async def list(self, id: str, cursor: str | None) -> VersionList:
        self.hub.reach_server()
        start = int(cursor or 0)
        found = [version for version in self.kept if version.document_id == id]
        shown = found[start : start + 50]
        more = str(start + 50) if len(found) > start + 50 else None
        infos = [
            VersionInfo.model_validate(version.model_dump(exclude={"content_json"})) for version in shown
        ]
        return VersionList(versions=infos, next_cursor=more)

    async def show(self, version_id: str) -> DocumentVersion:
        self.hub.reach_server()
        for version in self.kept:
            if version.id == version_id:
                return version
        raise RefusedError(MissingError())
