"""The meaning of a filter, written a second time without SQL: what compile.py must agree with.

`row` has the field's value as people see it, or nothing.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from contract.contacts import FieldDefinition, FieldType
from contract.segment_ast import All, AnyNode, AnyOf, Comparison, Not, Op

UNITS = {"h": 1, "d": 24, "w": 168, "m": 720, "y": 8760}


def holds(
    node: AnyNode, row: Mapping[str, Any], fields: Mapping[str, FieldDefinition], now: datetime
) -> bool:
    match node:
        case All():
            return all(holds(child, row, fields, now) for child in node.all)
        case AnyOf():
            return any(holds(child, row, fields, now) for child in node.any)
        case Not():
            return not holds(node.not_, row, fields, now)
        case Comparison():
            return _comparison(node, row.get(node.field), fields[node.field], now)


def _comparison(node: Comparison, value: Any, field: FieldDefinition, now: datetime) -> bool:
    if node.op is Op.IS_SET:
        return (value is not None) == node.value
    if value is None:
        return False
    if field.type is FieldType.DATE:
        return _date(node, value, now)
    if field.type in (FieldType.TEXT, FieldType.CHOICE):
        fold = str.lower if field.key == "email" else str.casefold
        wanted = [fold(v) for v in node.value] if isinstance(node.value, list) else fold(node.value)
        return _plain(node.op, fold(value), wanted)
    return _plain(node.op, value, node.value)


def _plain(op: Op, value: Any, wanted: Any) -> bool:
    match op:
        case Op.EQ:
            return value == wanted
        case Op.NE:
            return value != wanted
        case Op.LT:
            return value < wanted
        case Op.LE:
            return value <= wanted
        case Op.GT:
            return value > wanted
        case Op.GE:
            return value >= wanted
        case Op.IN:
            return value in wanted
        case Op.CONTAINS:
            return wanted in value
        case Op.STARTS_WITH:
            return value.startswith(wanted)
        case _:
            return value.endswith(wanted)


def _date(node: Comparison, value: Any, now: datetime) -> bool:
    """A moment counts as its day in UTC, except for durations, which are to the microsecond."""
    text = str(node.value)
    if node.op is Op.WITHIN:
        since = now - timedelta(hours=int(text[:-1]) * UNITS[text[-1]])
        if isinstance(value, datetime):
            return since <= value <= now
        return since.date() <= value <= now.date()
    day = value.astimezone(UTC).date() if isinstance(value, datetime) else value
    wanted = now.date() if text == "today" else date.fromisoformat(text)
    return {
        Op.EQ: day == wanted,
        Op.NE: day != wanted,
        Op.BEFORE: day < wanted,
        Op.AFTER: day > wanted,
    }[node.op]
