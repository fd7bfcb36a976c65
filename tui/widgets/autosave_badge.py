"""The badge on every screen: what is true about what was typed, in a glyph, a colour and words."""

from __future__ import annotations

from rich.cells import cell_len
from textual.message import Message
from textual.widgets import Static

from tui.text import clean

GLYPHS = {
    "synced": "✓",
    "saved": "●",
    "typing": "…",
    "offline": "○",
    "sign-in": "!",
    "rejected": "!",
    "conflict": "!",
    "not-saved": "‼",
}


_ROOM = 24
"""Cells for what is said at every key. Only a longer sentence makes the badge wider: then all is laid out."""


class AutosaveBadge(Static):
    """Knows a state's name and its words, nothing else. Clicking it asks for the sync status."""

    DEFAULT_CSS = """
    AutosaveBadge {
        width: 26; max-width: 45%; height: 1; padding: 0 0 0 2; color: $quiet; text-align: right;
    }
    AutosaveBadge.-wide { width: auto; max-width: 60%; }
    AutosaveBadge.-synced { color: $success; }
    AutosaveBadge.-offline, AutosaveBadge.-sign-in { color: $warning; }
    AutosaveBadge.-rejected, AutosaveBadge.-conflict { color: $error; text-style: bold; }
    AutosaveBadge.-not-saved { color: $background; background: $error; text-style: bold; padding: 0 1; }
    """

    class Asked(Message):
        """The person wants to know more."""

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.state = ""
        self.words = ""

    def show(self, state: str, words: str) -> None:
        """`state` is one of `GLYPHS`; `words` may quote a server."""
        if (state, words) == (self.state, self.words):
            return
        self.state, self.words = state, words
        text = f"{GLYPHS.get(state, '?')} {clean(words)}"
        was_wide, wide = self.has_class("-wide"), state == "not-saved" or cell_len(text) > self._room
        self.set_classes(f"-{state} -wide" if wide else f"-{state}")
        self.update(text, layout=wide or was_wide)

    @property
    def _room(self) -> int:
        return min(_ROOM, self.app.size.width * 45 // 100 - 2)

    def on_click(self) -> None:
        self.post_message(self.Asked())
