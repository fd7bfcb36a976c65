"""The hint line of an editor: what the keys do depends on whether one is typing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands import COMMANDS, in_scope, say_key
from tui.widgets.hint_footer import Hint

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tui.keymap import KeyChoice


def editor_hints(
    scope: str,
    verbs: Sequence[str],
    keys: KeyChoice,
    why_not: Callable[[str], str | None],
    *,
    typing: bool,
) -> tuple[Hint, ...]:
    """Hints for these verbs. While typing only keys that are no letters are offered."""
    hints = []
    for verb in verbs:
        id = f"{scope}.{verb}"
        usable = [key for key in keys.of(id) if not typing or (len(key) > 1 and key != "enter")]
        if usable:
            hints.append(Hint(say_key(usable[0]), COMMANDS[id].title, why_not(verb) is None))
    anywhere = [c for c in in_scope("app") if c.hint and not (typing and c.verb == "goto")]
    hints += [Hint(say_key(keys.of(c.id)[-1 if typing else 0]), c.title) for c in anywhere]
    return tuple(hints)
