"""Keys as data: two presets and the person's own `keymap.toml`, checked before the first screen.

    preset = "vim"
    [keys]
    "campaigns.new" = ["n", "ctrl+n"]

Textual accepts unknown ids, keys that do not exist and keys that displace another command in silence, so
every such mistake is named here instead.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual.keys import KEY_ALIASES, Keys, _character_to_key

from tui.commands import COMMANDS, say_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Keymap = dict[str, tuple[str, ...]]

_VIM: Keymap = {
    "app.back": ("minus", "escape", "ctrl+o", "h"),
    "list.page_down": ("pagedown", "ctrl+d", "ctrl+f"),
    "list.page_up": ("pageup", "ctrl+u", "ctrl+b"),
    "list.choose": ("enter", "l"),
}
PRESETS: dict[str, Keymap] = {"default": {}, "vim": _VIM}

_MODIFIERS = {"ctrl", "alt", "shift", "super"}
_NAMED = {key.value for key in Keys} | set(KEY_ALIASES) | {f"f{n}" for n in range(1, 25)}


class KeymapError(ValueError):
    """The keymap file cannot be used; each problem is one line in `problems`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class KeyChoice:
    """The keys in force: the registry's, then the preset's, then the person's."""

    preset: str = "default"
    own: Keymap = field(default_factory=dict)

    @property
    def changed(self) -> Keymap:
        """Only what differs from the registry."""
        return {**PRESETS[self.preset], **self.own}

    def of(self, command_id: str) -> tuple[str, ...]:
        """The keys of one command."""
        return self.changed.get(command_id, COMMANDS[command_id].keys)

    def for_textual(self) -> dict[str, str]:
        """What `App.set_keymap` takes."""
        return {command_id: ",".join(keys) for command_id, keys in self.changed.items()}


def _key_exists(key: str) -> bool:
    *modifiers, last = key.split("+") if key != "+" else ["+"]
    named = last in _NAMED or len(last) == 1
    return named and all(modifier in _MODIFIERS for modifier in modifiers)


def _normal(key: str) -> str:
    return _character_to_key(key) if len(key) == 1 else key


def _clashes(keys: KeyChoice) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    for command in COMMANDS.values():
        for key in keys.of(command.id):
            first = seen.setdefault((command.scope, key), command.id)
            if first != command.id:
                yield f"{command.id}: the key {say_key(key)!r} already belongs to {first}"


def _own_keys(table: dict[str, Any], problems: list[str]) -> Keymap:
    own: Keymap = {}
    for command_id, value in table.items():
        names = [value] if isinstance(value, str) else value
        if command_id not in COMMANDS:
            problems.append(f"{command_id}: there is no such command")
        elif not isinstance(names, list) or not all(isinstance(n, str) and n for n in names) or not names:
            problems.append(f"{command_id}: expected a key or a list of keys")
        elif unknown := [name for name in names if not _key_exists(name)]:
            problems.append(f"{command_id}: there is no key {unknown[0]!r}")
        elif COMMANDS[command_id].destructive and any(len(n) == 1 and n.islower() for n in names):
            problems.append(f"{command_id}: destructive, so not on a single small letter")
        else:
            own[command_id] = tuple(_normal(name) for name in names)
    return own


def parse_keymap(text: str) -> KeyChoice:
    """A keymap file's text. Raises `KeymapError` that names every mistake."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise KeymapError([f"not valid TOML: {error}"]) from None
    problems = [
        f"{key}: unknown setting; known are preset and keys" for key in raw.keys() - {"preset", "keys"}
    ]
    preset = raw.get("preset", "default")
    if preset not in PRESETS:
        problems.append(f"preset: expected one of {', '.join(PRESETS)}")
        preset = "default"
    table = raw.get("keys", {})
    own = _own_keys(table, problems) if isinstance(table, dict) else {}
    keys = KeyChoice(preset, own)
    problems.extend(_clashes(keys))
    if problems:
        raise KeymapError(problems)
    return keys


def load_keymap(path: Path) -> KeyChoice:
    """The keymap in force; a missing file is the default."""
    return parse_keymap(path.read_text("utf-8")) if path.exists() else KeyChoice()
