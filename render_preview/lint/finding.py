"""What a check says about a mail, and the change that would settle it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from contract.blocks import Block

Json = dict[str, Any]
Level = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Fix:
    """One value that would settle a finding. `path` leads to it from the block, or from the mail."""

    title: str
    path: tuple[str | int, ...]
    value: str | bool

    def apply(self, owner: Json) -> Json:
        """The block, or the mail, with the value set; the given one stays as it was."""
        changed: Json = _with(owner, self.path, self.value)
        return changed


def _with(owner: Any, path: tuple[str | int, ...], value: object) -> Any:
    step, *rest = path
    if isinstance(owner, list):
        return [_inner(old, rest, value) if number == step else old for number, old in enumerate(owner)]
    return {**(owner or {}), step: _inner((owner or {}).get(step), rest, value)}


def _inner(old: Any, rest: list[str | int], value: object) -> Any:
    return _with(old, tuple(rest), value) if rest else value


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `block_id` says where to jump; none means the mail as a whole."""

    level: Level
    code: str
    block_id: str | None
    message: str
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand that are checked: a block, or the mail, and the way to the value within it."""

    block: Block | None
    path: tuple[str | int, ...]

    @property
    def block_id(self) -> str | None:
        return self.block.id if self.block else None


def blocks_sending(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.level == "error" for finding in findings)
