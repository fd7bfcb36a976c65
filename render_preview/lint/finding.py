"""What a check says about a mail, and the change that would settle it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from render_preview.location import Location, Path

Json = dict[str, Any]
Level = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Fix:
    """One value that would settle a finding. `path` leads to it from the block, or from the mail."""

    title: str
    path: Path
    value: str | bool

    def apply(self, owner: Json) -> Json:
        """The block, or the mail, with the value set; the given one stays as it was."""
        changed: Json = _with(owner, self.path, self.value)
        return changed


def _with(owner: Any, path: Path, value: object) -> Any:
    step, *rest = path
    if isinstance(owner, list):
        return [_inner(old, rest, value) if number == step else old for number, old in enumerate(owner)]
    return {**(owner or {}), step: _inner((owner or {}).get(step), rest, value)}


def _inner(old: Any, rest: list[str | int], value: object) -> Any:
    return _with(old, tuple(rest), value) if rest else value


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `location` says where to jump."""

    level: Level
    code: str
    location: Location
    message: str
    fix: Fix | None = None

    @property
    def block_id(self) -> str | None:
        """The block it is about; none means the mail itself."""
        return self.location.block_id


def blocks_sending(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.level == "error" for finding in findings)
