"""A segment's filter between its stored tree and the text a person edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from contract.contacts import BUILT_IN_FIELDS, FieldDefinition, FieldType
from contract.segment_ast import Comparison, Node, Op, dump_node, walk
from contract.segment_text import SegmentSyntaxError, complete, parse, show
from tui.segment_words import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contract.segment_ast import AnyNode, Fields
    from localstore.records import Json

_NODE: TypeAdapter[AnyNode] = TypeAdapter(Node)


@dataclass(frozen=True)
class Fault:
    """What is wrong, and the characters it is about. `unfinished`: it may yet become right."""

    words: str
    start: int
    end: int
    unfinished: bool = False


def text_of(content: Json, fields: Fields) -> str:
    """The filter as text; an unfinished one as it was left."""
    if unfinished := content.get(UNFINISHED):
        return str(unfinished)
    try:
        return show(_NODE.validate_python(content.get("dslJson") or {"all": []}), fields)
    except ValidationError:
        return ""


def find_fault(text: str, fields: Fields) -> Fault | None:
    """The first mistake in the text, with what was probably meant; None if it is a filter."""
    try:
        parse(text, fields)
    except SegmentSyntaxError as error:
        hint = f" Did you mean {error.hint}?" if error.hint else ""
        words = error.message[:1].upper() + error.message[1:]
        unfinished = error.end >= len(text.rstrip()) and bool(complete(text, len(text), fields)[1])
        return Fault(f"{words}.{hint}", error.start, max(error.end, error.start + 1), unfinished)
    return None


def with_text(content: Json, text: str, fields: Fields) -> Json:
    """The content with this filter; while it has a fault, the last good filter and the text beside it."""
    rest = {key: value for key, value in content.items() if key != UNFINISHED}
    if find_fault(text, fields):
        return rest | {UNFINISHED: text}
    return rest | {"dslJson": dump_node(parse(text, fields))}


def _type_of(leaf: Comparison) -> FieldType | None:
    value = leaf.value[0] if isinstance(leaf.value, list) else leaf.value
    if leaf.op is Op.IS_SET:
        return None
    if leaf.op in (Op.WITHIN, Op.BEFORE, Op.AFTER):
        return FieldType.DATE
    if isinstance(value, bool):
        return FieldType.BOOL
    return FieldType.NUMBER if isinstance(value, float) else FieldType.TEXT


def guess_fields(contents: Iterable[Json]) -> dict[str, FieldDefinition]:
    """The fields that these segments use, with the types their conditions show: all that is known offline."""
    found = {field.key: field for field in BUILT_IN_FIELDS}
    for content in contents:
        try:
            node = _NODE.validate_python(content.get("dslJson"))
        except ValidationError:
            continue
        for _, _, leaf in walk(node):
            if isinstance(leaf, Comparison) and (kind := _type_of(leaf)):
                found.setdefault(leaf.field, FieldDefinition(key=leaf.field, type=kind, label=leaf.field))
    return found
