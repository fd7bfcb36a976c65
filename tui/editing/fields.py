"""What can be edited in each type of block, and what a value must look like."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import TypeAdapter
from pydantic.alias_generators import to_snake

from contract.block_types import KNOWN, Network
from contract.contacts import BUILT_IN_FIELDS, FieldDefinition
from contract.segment_ast import AnyNode, dump_node
from contract.segment_text import parse, show
from contract.show_if import ShowIf
from tui.filter_text import find_fault

Fields = Mapping[str, FieldDefinition]
_BUILT_IN: Fields = {field.key: field for field in BUILT_IN_FIELDS}
_CONDITION: TypeAdapter[AnyNode] = TypeAdapter(ShowIf)
_NETWORKS: tuple[str, ...] = get_args(Network)

FieldKind = Literal["prose", "line", "number", "choice", "switch", "points", "links", "condition"]


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
    FieldSpec("showIf", "Only if", "condition", 'for some only: plan = "pro"'),
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
    "list": (
        FieldSpec("items", "Points", "points", "one point on each line", longest=100_000, rows=4),
        FieldSpec("ordered", "Numbered", "switch"),
        *_LOOK,
    ),
    "quote": (
        FieldSpec("text", "Words", "prose", "what was said", longest=20_000, rows=3),
        FieldSpec("cite", "Who", "line", "who said it, or nothing"),
        *_LOOK,
    ),
    "code": (
        FieldSpec("text", "Code", "prose", "lines that keep their spaces", longest=5_000, rows=4),
        *_LOOK,
    ),
    "social": (
        FieldSpec("links", "Links", "links", "one on each line: github https://...", longest=30_000, rows=4),
        _ALIGN,
        *_LOOK,
    ),
    "html": (
        FieldSpec("html", "HTML", "prose", "<p>markup of your own</p>", longest=50_000, rows=4),
        FieldSpec("text", "As text", "prose", "for the text part; empty: its words", longest=20_000, rows=1),
        *_LOOK,
    ),
    "columns": (
        FieldSpec("ratio", "Widths", "choice", choices=("1:1", "1:2", "2:1", "1:1:1")),
        FieldSpec("stack", "Stack on phone", "switch"),
        *_LOOK,
    ),
    "divider": (FieldSpec("thickness", "Thickness", "number", low=1, high=8), *_LOOK),
    "spacer": (FieldSpec("height", "Height", "number", low=4, high=120), *_LOOK),
    "footer": (
        FieldSpec("text", "Words", "prose", "why they get this mail", longest=20_000, rows=3),
        FieldSpec("address", "Postal addr.", "line", "Company, Street 1, City", longest=300),
        FieldSpec("unsubscribe", "Unsubscribe", "line", "Unsubscribe", longest=200),
        FieldSpec("preferences", "Preferences", "line", "label of that link; empty: none", longest=200),
        FieldSpec("view", "In browser", "line", "label of that link; empty: none", longest=200),
        *_LOOK,
    ),
}

ABOUT: dict[str, str] = {
    "heading": "a title, level 1 to 3",
    "text": "paragraphs",
    "button": "a link that looks like a button",
    "image": "a picture by its address",
    "columns": "blocks side by side, stacked on phones",
    "list": "points with bullets or numbers",
    "quote": "somebody's words",
    "code": "lines that keep their spaces",
    "social": "where else you can be found",
    "html": "markup of your own, cleaned",
    "divider": "a thin line",
    "spacer": "empty space",
    "footer": "postal address and unsubscribe link",
}
"""Each type of block in a few words, in the order in which they are offered."""

LETTERS: dict[str, str] = {
    "h": "heading", "t": "text", "b": "button", "i": "image", "c": "columns", "l": "list", "o": "quote",
    "k": "code", "w": "social", "m": "html", "d": "divider", "s": "spacer", "f": "footer",
}  # fmt: skip
"""The key that adds each type of block."""

_REQUIRED = {"unsubscribe"}
_UNITS = {"width": "px, 16 to 600", "thickness": "px, 1 to 8", "height": "px, 4 to 120"}


def unit(spec: FieldSpec) -> str:
    """What stands behind a number."""
    return _UNITS.get(spec.key, "")


def fault(spec: FieldSpec, typed: str, fields: Fields = _BUILT_IN) -> str | None:
    """What is wrong with what was typed, as a sentence; None if it can be stored."""
    if spec.kind == "number":
        fits = typed.strip().isascii() and typed.strip().isdigit() and spec.low <= int(typed) <= spec.high
        return None if fits else f"A whole number from {spec.low} to {spec.high}, please. Not stored yet."
    if spec.key in _REQUIRED and not typed.strip():
        return "This cannot be empty: people must be able to leave. Not stored yet."
    if len(typed) > spec.longest:
        over = len(typed) - spec.longest
        return f"{over:,} characters too long ({spec.longest:,} fit). Not stored until it is shorter."
    if spec.kind == "condition":
        wrong = find_fault(typed, fields) if typed.strip() else None
        return f"{wrong.words} Not stored yet." if wrong else None
    if spec.kind == "points":
        lines = typed.splitlines()
        fits = len(lines) <= 50 and all(len(line) <= 2_000 for line in lines)
        return None if fits else "At most 50 points of 2,000 characters, please. Not stored yet."
    return _wrong_link(typed) if spec.kind == "links" else None


def _wrong_link(typed: str) -> str | None:
    lines = [line.split() for line in typed.splitlines() if line.strip()]
    if len(lines) > 10:
        return "At most 10 links, please. Not stored yet."
    for words in lines:
        if words[0].lower() not in _NETWORKS:
            close = difflib.get_close_matches(words[0].lower(), _NETWORKS, 1)
            hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(_NETWORKS)}."
            return f"“{words[0]}” is not known. {hint} Not stored yet."
        if len(words) > 2:
            return "A name and an address on each line, please. Not stored yet."
    return None


def stored(spec: FieldSpec, typed: str, fields: Fields = _BUILT_IN) -> Any:
    """The JSON value of a faultless entry."""
    match spec.kind:
        case "number":
            return int(typed)
        case "switch":
            return typed == "yes"
        case "choice":
            if spec.key == "bg" and typed == "none":
                return None
            return int(typed) if spec.key == "level" else typed
        case "points":
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case "links":
            lines = (line.split() for line in typed.splitlines() if line.strip())
            return [{"network": words[0].lower(), "href": "".join(words[1:])} for words in lines]
        case "condition":
            return dump_node(parse(typed, fields)) if typed.strip() else None
        case _:
            return typed


def shown(spec: FieldSpec, block: dict[str, Any], fields: Fields = _BUILT_IN) -> str:
    """The entry of a stored value; a value that is not spelled out is the type's default."""
    name = to_snake(spec.key)
    value = block.get(spec.key, KNOWN[block["type"]].model_fields[name].default)
    match spec.kind:
        case "switch":
            return "yes" if value else "no"
        case "points":
            return "\n".join(value or [])
        case "links":
            return "\n".join(f"{link['network']} {link['href']}".strip() for link in value or [])
        case "condition":
            return show(_CONDITION.validate_python(value), fields) if value else ""
        case _:
            return "none" if value is None and spec.kind == "choice" else str("" if value is None else value)
