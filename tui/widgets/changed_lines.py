"""A full refresh that paints only the lines that look different.

Textual repaints a whole widget when any of its lines changed; in an editor that is most of the time between
a key and its picture. A widget that can say in a cheap key all that a line's look depends on is asked
line by line instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    from textual.strip import Strip
    from textual.widget import Widget as Base
else:
    Base = object  # a second widget among the bases would hide the styles of the first


class ChangedLines(Base):
    """Mixin in front of a widget with the Line API."""

    _looks: list[Hashable] | None = None
    _looks_for: object = None
    _undecided = False

    def line_look(self, y: int) -> Hashable:
        """All that line `y` of the view depends on, save what `forget_lines` is called for."""
        raise NotImplementedError

    def forget_lines(self) -> None:
        """Paint everything next time."""
        self._looks = None

    def notify_style_update(self) -> None:
        self.forget_lines()
        super().notify_style_update()

    def _set_dirty(self, *regions: Region) -> None:
        self._undecided = self._undecided or not regions
        if regions or self._looks is None:
            super()._set_dirty(*regions)
            return
        whole = self.outer_size.region
        self._dirty_regions.clear()
        self._repaint_regions.clear()
        self._dirty_regions.add(whole)
        self._repaint_regions.add(whole)

    def _exchange_repaint_regions(self) -> Collection[Region]:
        regions = super()._exchange_repaint_regions()
        if not self._undecided:
            self._note(regions)
            return regions
        self._undecided = False
        area, gutter = self.scrollable_content_region, self.gutter
        place = (self.outer_size, area, self.background_colors)
        old, new = self._looks, [self.line_look(y) for y in range(area.height)]
        self._looks = new
        if old is None or place != self._looks_for or len(old) != len(new):
            self._looks_for = place
            self._styles_cache.clear()
            return {self.outer_size.region}
        changed = {
            Region(gutter.left, y + gutter.top, area.width, 1)
            for y, (before, after) in enumerate(zip(old, new, strict=True))
            if before != after
        }
        if changed:
            self._styles_cache.set_dirty(*changed)
        return changed

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._undecided:  # a new layout paints everything without asking what changed
            self._undecided = False
            self._looks = None
            self._styles_cache.clear()
        return super().render_lines(crop)

    def _note(self, regions: Collection[Region]) -> None:
        if self._looks is None:
            return
        for region in regions:
            for y in region.line_range:
                if 0 <= y - self.gutter.top < len(self._looks):
                    self._looks[y - self.gutter.top] = self.line_look(y - self.gutter.top)
