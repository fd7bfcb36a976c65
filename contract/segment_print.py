"""Printing the segment filter as text.

Printer and parser are inverse: what `show` prints parses to the same tree, in its simplest form.
"""

from contract.contacts import FieldDefinition, FieldType
from contract.segment_ast import All, AnyNode, AnyOf, Comparison, EventCount, Fields, Not, Op, Scalar
from contract.segment_events import show_event
from contract.segment_tokens import quote

SYMBOLS: dict[Op, str] = {
    Op.EQ: "=",
    Op.NE: "!=",
    Op.LT: "<",
    Op.LE: "<=",
    Op.GT: ">",
    Op.GE: ">=",
    Op.IN: "in",
    Op.CONTAINS: "contains",
    Op.STARTS_WITH: "starts",
    Op.ENDS_WITH: "ends",
    Op.WITHIN: "within",
    Op.BEFORE: "before",
    Op.AFTER: "after",
}
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "set", "everyone", "no_one"})


def choice_text(choice: str) -> str:
    """A choice as it is written: bare where it is one word."""
    bare = choice.isidentifier() and choice.lower() not in KEYWORDS
    return choice if bare else quote(choice)


def _show_scalar(value: Scalar, field: FieldDefinition | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if field is not None and field.type is FieldType.CHOICE:
        return choice_text(value)
    if field is not None and field.type is FieldType.DATE:
        return value
    return quote(value)


def _show_comparison(node: Comparison, fields: Fields) -> str:
    field = fields.get(node.field)
    if node.op is Op.IS_SET:
        return f"{node.field} is set" if node.value else f"{node.field} is not set"
    if node.op is Op.WITHIN:
        return f"{node.field} within {node.value}"
    if isinstance(node.value, list):
        return f"{node.field} in ({', '.join(_show_scalar(v, field) for v in node.value)})"
    return f"{node.field} {SYMBOLS[node.op]} {_show_scalar(node.value, field)}"


def _show_group(nodes: list[AnyNode], word: str, fields: Fields, *, inside: bool) -> str:
    text = f" {word} ".join(_show(node, fields, inside=True) for node in nodes)
    return f"({text})" if inside else text


def _show(node: AnyNode, fields: Fields, *, inside: bool) -> str:
    match node:
        case All(all=[]):
            return "everyone"
        case AnyOf(any=[]):
            return "no_one"
        case All():
            return _show_group(node.all, "and", fields, inside=inside)
        case AnyOf():
            return _show_group(node.any, "or", fields, inside=inside)
        case Not():
            return _show_not(node.not_, fields)
        case EventCount():
            return show_event(node, fields)
        case _:
            return _show_comparison(node, fields)


def _show_not(child: AnyNode, fields: Fields) -> str:
    if isinstance(child, Comparison) and child.op is Op.IS_SET and child.value:
        return f"{child.field} is not set"
    return f"not {_show(child, fields, inside=True)}"


def show(node: AnyNode, fields: Fields) -> str:
    """The text of a tree, as `parse` reads it.

    Trees that mean the same may print the same: a group of one child is its child, and
    `isSet: false` is `is not set`. Parsing the text gives that simpler tree.
    """
    return _show(simplify(node), fields, inside=False)


def simplify(node: AnyNode) -> AnyNode:
    """The tree that `parse(show(node))` gives: groups of one unwrapped, one spelling of `is not set`."""
    match node:
        case All(all=[only]) | AnyOf(any=[only]):
            return simplify(only)
        case All():
            return All(all=[simplify(child) for child in node.all])
        case AnyOf():
            return AnyOf(any=[simplify(child) for child in node.any])
        case Not():
            return Not(not_=simplify(node.not_))
        case Comparison(op=Op.IS_SET, value=False):
            return Not(not_=Comparison(field=node.field, op=Op.IS_SET, value=True))
        case _:
            return node
