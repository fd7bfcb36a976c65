"""One property of a block: its name, what is typed or chosen, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from tui.editing.fields import Fields, FieldSpec, fault, shown, stored, unit
from tui.text import plain
from tui.widgets.choice_field import ChoiceField
from tui.widgets.fast_text_area import FastTextArea
from tui.widgets.tag_field import TagInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from render_preview.location import Path

Json = dict[str, Any]


_TALL = ("prose", "points", "links")
"""Kinds that are written on several lines."""


def _height(spec: FieldSpec) -> str:
    if spec.kind not in _TALL:
        return ""
    return "-tall" if spec.rows > 3 else "-short"


class FieldRow(Vertical):
    """Remembers the entry it was given, so that it can say what the person made of it."""

    DEFAULT_CSS = """
    FieldRow { height: auto; }
    FieldRow.-tall { height: 1fr; margin-bottom: 1; }
    FieldRow.-short { height: 1fr; max-height: 7; margin-bottom: 1; }
    FieldRow Horizontal { height: 1; }
    FieldRow .label { width: 13; color: $quiet; }
    FieldRow .unit { width: auto; padding: 0 1; color: $quiet; }
    FieldRow .wrong { color: $error; height: auto; display: none; padding-left: 1; }
    FieldRow.-wrong .wrong { display: block; }
    FieldRow Input { width: 1fr; }
    FieldRow Input.-number { width: 8; }
    """

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(classes=_height(spec))
        self.spec = spec
        self._given = ""
        self.known: Fields = {}
        self.field: FastTextArea | Input | ChoiceField = self._make()
        if isinstance(self.field, FastTextArea):
            self.field.styles.min_height = spec.rows

    def _make(self) -> FastTextArea | Input | ChoiceField:
        if self.spec.kind in _TALL:
            return FastTextArea(placeholder=self.spec.hint)
        if self.spec.kind == "choice":
            return ChoiceField(self.spec.choices)
        if self.spec.kind == "switch":
            return ChoiceField(("no", "yes"))
        number = self.spec.kind == "number"
        field = TagInput if self.spec.kind == "line" else Input
        return field(placeholder=self.spec.hint, classes="-number" if number else "", select_on_focus=False)

    def compose(self) -> ComposeResult:
        label = Static(self.spec.label, classes="label", markup=False)
        if self.spec.kind in _TALL:
            yield self.field
        else:
            with Horizontal():
                yield label
                yield self.field
                if unit(self.spec):
                    yield Static(unit(self.spec), classes="unit", markup=False)
        yield Static("", classes="wrong", markup=False)

    @property
    def entry(self) -> str:
        """What stands in the field."""
        return self.field.text if isinstance(self.field, FastTextArea) else self.field.value

    def give(self, block: Json, *, same: bool, keep: bool) -> None:
        """Show a block's value. In the `same` block the cursor stays; `keep` leaves a changed entry."""
        wanted = shown(self.spec, block, self.known)
        if not same and isinstance(self.field, FastTextArea):
            self.field.load_text(wanted)
        elif not (keep and self.entry != self._given):
            self._show(wanted)
        self._given = wanted
        self._mark(fault(self.spec, self.entry, self.known))

    def _show(self, entry: str) -> None:
        if isinstance(self.field, FastTextArea):
            self.field.show_text(entry)
        elif isinstance(self.field, ChoiceField):
            self.field.show(entry)
        elif self.field.value != entry:
            self.field.value = entry

    def changes(self) -> Json:
        """The JSON of a changed and faultless entry; a fault is shown."""
        entry = self.entry
        if entry == self._given:
            self._mark(None)
            return {}
        wrong = fault(self.spec, entry, self.known)
        self._mark(wrong)
        return {} if wrong else {self.spec.key: stored(self.spec, entry, self.known)}

    def took(self, entry: str) -> None:
        """This entry is stored; what was typed since is not."""
        if fault(self.spec, entry, self.known) is None:
            self._given = entry

    def _mark(self, wrong: str | None) -> None:
        if self.has_class("-wrong") or wrong:
            self.set_class(bool(wrong), "-wrong")
            self.query_one(".wrong", Static).update(plain(wrong or ""))

    def hold_still(self, locked: bool) -> None:
        """Reading only: long texts can still be scrolled."""
        if isinstance(self.field, FastTextArea):
            self.field.read_only = locked
        else:
            self.field.disabled = locked

    def focus_at(self, path: Path = ()) -> None:
        """Begin to type here; where the way within the value leads to an item of a list, behind its line."""
        if isinstance(self.field, FastTextArea) and path and isinstance(path[0], int):
            self.field.move_cursor(self.field.clamp_visitable((path[0], self.spec.longest)))
        self.field.focus()
