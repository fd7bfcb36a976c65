"""The badge on every screen: what is true about what was typed, in a glyph, a colour and words."""

from __future__ import annotations

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


class AutosaveBadge(Static):
    """Knows a state's name and its words, nothing else. Clicking it asks for the sync status."""

    DEFAULT_CSS = """
    AutosaveBadge { width: auto; max-width: 60%; height: 1; padding: 0 0 0 2; color: $quiet; }
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
        self.set_classes(f"-{state}")
        self.update(f"{GLYPHS.get(state, '?')} {clean(words)}")

    def on_click(self) -> None:
        self.post_message(self.Asked())
