"""Who is shown a block: the part of the segment filter that one contact's merge values can answer.

Comparisons of fields under all, any and not. Events, other segments and chance would need the database,
and a mail is filled in without it. The meaning is that of a segment: unset means false, and text compares
without regard to case.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator

from contract.segment_ast import (
    All,
    AnyNode,
    AnyOf,
    Comparison,
    EventCount,
    Node,
    Not,
    Op,
    Scalar,
    parse_duration,
    walk,
)

Values = Mapping[str, str]
"""A contact's fields as merge tags read them: words, by field key."""


def _answerable(node: AnyNode) -> AnyNode:
    for _, _, leaf in walk(node):
        if not isinstance(leaf, All | AnyOf | Not | Comparison):
            message = "a block is shown by the contact's fields only"
            raise ValueError(message)  # noqa: TRY004  # pydantic takes this kind as a validation error
    return node


ShowIf = Annotated[Node, AfterValidator(_answerable)]


def fields_in(node: AnyNode) -> list[str]:
    """The fields a condition names, once each."""
    found = (leaf.field for _, _, leaf in walk(node) if isinstance(leaf, Comparison))
    return list(dict.fromkeys(found))


def holds(node: AnyNode, values: Values, now: datetime | None = None) -> bool:
    """Whether a contact with these values is shown the block. Without `now`, no relative date holds."""
    match node:
        case All():
            return all(holds(child, values, now) for child in node.all)
        case AnyOf():
            return any(holds(child, values, now) for child in node.any)
        case Not():
            return not holds(node.not_, values, now)
        case EventCount():
            return False  # refused before: a mail is filled in without the database
        case _:
            return _comparison(node, values.get(node.field, ""), now)


def _comparison(node: Comparison, value: str, now: datetime | None) -> bool:
    if node.op is Op.IS_SET:
        return bool(value) == node.value
    if not value:
        return False
    if node.op in (Op.WITHIN, Op.BEFORE, Op.AFTER) or node.value == "today":
        return _on_day(node, value, now.astimezone(UTC) if now else None)
    if node.op is Op.IN:
        wanted = node.value if isinstance(node.value, list) else [node.value]
        return any(_same(value, one) for one in wanted)
    return not isinstance(node.value, list) and _against(node.op, value, node.value)


def _same(value: str, wanted: Scalar) -> bool:
    if isinstance(wanted, bool):
        return value == ("yes" if wanted else "no")
    if isinstance(wanted, float):
        return _number(value) == wanted
    return value.casefold() == wanted.casefold()


def _against(op: Op, value: str, wanted: Scalar) -> bool:
    if op is Op.EQ or op is Op.NE:
        return _same(value, wanted) == (op is Op.EQ)
    if isinstance(wanted, float) and not isinstance(wanted, bool):
        number = _number(value)
        return number is not None and _by_size(op, number, wanted)
    folded, sought = value.casefold(), str(wanted).casefold()
    match op:
        case Op.CONTAINS:
            return sought in folded
        case Op.STARTS_WITH:
            return folded.startswith(sought)
        case Op.ENDS_WITH:
            return folded.endswith(sought)
        case _:
            return False


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _by_size(op: Op, number: float, wanted: float) -> bool:
    match op:
        case Op.LT:
            return number < wanted
        case Op.LE:
            return number <= wanted
        case Op.GT:
            return number > wanted
        case Op.GE:
            return number >= wanted
        case _:
            return False


def _on_day(node: Comparison, value: str, now: datetime | None) -> bool:
    """Whole days in UTC; `within 30d` is the time up to now."""
    day = _day(value, None)
    if day is None:
        return False
    if node.op is Op.WITHIN:
        hours = parse_duration(str(node.value))
        if hours is None or now is None:
            return False
        return (now - timedelta(hours=hours)).date() <= day <= now.date()
    wanted = _day(str(node.value), now)
    if wanted is None:
        return False
    match node.op:
        case Op.BEFORE:
            return day < wanted
        case Op.AFTER:
            return day > wanted
        case Op.NE:
            return day != wanted
        case _:
            return day == wanted


def _day(text: str, now: datetime | None) -> date | None:
    if text == "today":
        return now.date() if now else None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
