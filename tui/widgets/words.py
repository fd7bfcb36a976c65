"""A piece of text that costs nothing while it stays the same.

Textual lays the whole screen out again whenever a text is replaced; beside an editor that is once a key.
"""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Words(Static):
    """`fixed` texts have a size of their own in the style sheet, so a change only repaints them."""

    def __init__(self, *, id: str | None = None, classes: str | None = None, fixed: bool = False) -> None:
        super().__init__("", id=id, classes=classes, markup=False)
        self._fixed = fixed
        self._said = Content("")

    def say(self, content: Content) -> None:
        """Show it, unless it is shown already."""
        if content.plain != self._said.plain or content.spans != self._said.spans:
            self._said = content
            self.update(content, layout=not self._fixed)
