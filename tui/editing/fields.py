"""What can be edited in each type of block, and what a value must look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from contract.blocks import KNOWN

FieldKind = Literal["prose", "line", "number", "choice", "switch"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One property of a block. `key` as in the JSON. `longest` in characters, `low` to `high` for numbers.

    `rows` is how many lines a prose field wants at least. A choice of "none" stands for no value.
    """

    key: str
    label: str
    kind: FieldKind
    hint: str = ""
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    longest: int = 2_000
    rows: int = 0


_ALIGN = FieldSpec("align", "Align", "choice", choices=("left", "center", "right"))
_LOOK = (
    FieldSpec("bg", "Background", "choice", choices=("none", "tint", "accent", "muted")),
    FieldSpec("pad", "Padding", "choice", choices=("none", "s", "m", "l")),
)
_TAGS = "**bold**, *italic*, [words](https://...), {{ name | friend }}"

FIELDS: dict[str, tuple[FieldSpec, ...]] = {
    "heading": (
        FieldSpec("text", "Words", "prose", _TAGS, rows=2),
        FieldSpec("level", "Level", "choice", choices=("1", "2", "3")),
        _ALIGN,
        *_LOOK,
    ),
    "text": (
        FieldSpec(
            "text", "Words", "prose", f"{_TAGS}, a blank line starts a paragraph", longest=20_000, rows=5
        ),
        _ALIGN,
        FieldSpec("size", "Size", "choice", choices=("s", "m", "l")),
        *_LOOK,
    ),
    "button": (
        FieldSpec("label", "Label", "line", "Read more"),
        FieldSpec("href", "Address", "line", "https://..."),
        FieldSpec("kind", "Kind", "choice", choices=("primary", "secondary")),
        _ALIGN,
        FieldSpec("full", "Full width", "switch"),
        *_LOOK,
    ),
    "image": (
        FieldSpec("src", "Picture", "line", "https://.../picture.png"),
        FieldSpec("alt", "Says", "line", "what a reader who does not see it should know", longest=500),
        FieldSpec("decorative", "Decorative", "switch"),
        FieldSpec("href", "Links to", "line", "https://... or nothing"),
        FieldSpec("width", "Width", "number", low=16, high=600),
        _ALIGN,
        *_LOOK,
    ),
    "divider": (FieldSpec("thickness", "Thickness", "number", low=1, high=8), *_LOOK),
    "spacer": (FieldSpec("height", "Height", "number", low=4, high=120), *_LOOK),
    "footer": (
        FieldSpec("text", "Words", "prose", "why they get this mail", longest=20_000, rows=3),
        FieldSpec("address", "Postal addr.", "line", "Company, Street 1, City", longest=300),
        FieldSpec("unsubscribe", "Unsubscribe", "line", "Unsubscribe", longest=200),
        *_LOOK,
    ),
}

ABOUT: dict[str, str] = {
    "heading": "a title, level 1 to 3",
    "text": "paragraphs",
    "button": "a link that looks like a button",
    "image": "a picture by its address",
    "divider": "a thin line",
    "spacer": "empty space",
    "footer": "postal address and unsubscribe link",
}
"""Each type of block in a few words, in the order in which they are offered."""

_REQUIRED = {"unsubscribe"}
_UNITS = {"width": "px, 16 to 600", "thickness": "px, 1 to 8", "height": "px, 4 to 120"}


def unit(spec: FieldSpec) -> str:
    """What stands behind a number."""
    return _UNITS.get(spec.key, "")


def fault(spec: FieldSpec, typed: str) -> str | None:
    """What is wrong with what was typed, as a sentence; None if it can be stored."""
    if spec.kind == "number":
        fits = typed.strip().isascii() and typed.strip().isdigit() and spec.low <= int(typed) <= spec.high
        return None if fits else f"A whole number from {spec.low} to {spec.high}, please. Not stored yet."
    if spec.key in _REQUIRED and not typed.strip():
        return "This cannot be empty: people must be able to leave. Not stored yet."
    if len(typed) > spec.longest:
        over = len(typed) - spec.longest
        return f"{over:,} characters too long ({spec.longest:,} fit). Not stored until it is shorter."
    return None


def stored(spec: FieldSpec, typed: str) -> Any:
    """The JSON value of a faultless entry."""
    if spec.kind == "number":
        return int(typed)
    if spec.kind == "switch":
        return typed == "yes"
    if spec.kind == "choice":
        if spec.key == "bg" and typed == "none":
            return None
        return int(typed) if spec.key == "level" else typed
    return typed


def shown(spec: FieldSpec, block: dict[str, Any]) -> str:
    """The entry of a stored value; a value that is not spelled out is the type's default."""
    value = block.get(spec.key, KNOWN[block["type"]].model_fields[spec.key].default)
    if spec.kind == "switch":
        return "yes" if value else "no"
    return "none" if value is None and spec.kind == "choice" else str("" if value is None else value)
