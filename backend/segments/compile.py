"""From a filter's tree to SQL.

Every comparison is over one typed column, so that an index can serve it. Negation is pushed down to the
comparisons: `not (plan = "pro")` also holds for who has no plan, which plain SQL would lose in NULL. The
whole tree is evaluated at one `now`, in UTC.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from backend.db.models.contact import Contact, CustomField
from backend.segments.events import count_of, event_condition
from contract.contacts import FieldType
from contract.segment_ast import All, AnyNode, AnyOf, Comparison, EventCount, Not, Op, Scalar, parse_duration

EPOCH = date(1970, 1, 1).toordinal()
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Column:
    """Where a field's values are. `fold` brings a text to the form in which the column keeps it."""

    at: InstrumentedAttribute[Any]
    type: FieldType
    fold: Callable[[str], str] = str.casefold
    is_moment: bool = False


BUILT_IN: Mapping[str, Column] = {
    "email": Column(Contact.email, FieldType.TEXT, str.lower),
    "name": Column(Contact.name_folded, FieldType.TEXT),
    "status": Column(Contact.status, FieldType.CHOICE),
    "created_at": Column(Contact.created_at, FieldType.DATE, is_moment=True),
}


def columns_for(fields: list[CustomField]) -> dict[str, Column]:
    """Every field a filter of this organisation may name."""
    own = {field.key: Column(getattr(Contact, field.slot), FieldType(field.type)) for field in fields}
    return {**BUILT_IN, **own}


class Compiler:
    """Compiles filters whose types were checked. `now` is the moment that relative dates mean."""

    def __init__(self, columns: Mapping[str, Column], now: datetime) -> None:
        self._columns = columns
        self._now = now.astimezone(UTC)

    @property
    def fields(self) -> Collection[str]:
        """The keys of all fields a comparison may name."""
        return self._columns.keys()

    def condition(self, node: AnyNode, *, negated: bool = False) -> Condition:
        """The condition over `Contact`; where it is NULL, the filter does not hold."""
        match node:
            case All():
                parts = [self.condition(child, negated=negated) for child in node.all]
                return or_(false(), *parts) if negated else and_(true(), *parts)
            case AnyOf():
                parts = [self.condition(child, negated=negated) for child in node.any]
                return and_(true(), *parts) if negated else or_(false(), *parts)
            case Not():
                return self.condition(node.not_, negated=not negated)
            case EventCount():
                holds = event_condition(node, self._now)
                return not_(holds) if negated else holds
            case Comparison():
                return self._comparison(node, negated)

    def count(self, node: EventCount) -> ColumnElement[int]:
        """How many mails a contact has of those that the node counts."""
        return count_of(node, self._now)

    def _comparison(self, node: Comparison, negated: bool) -> Condition:
        column = self._columns[node.field]
        if node.op is Op.IS_SET:
            wanted = bool(node.value) != negated
            return column.at.is_not(None) if wanted else column.at.is_(None)
        holds = self._holds(column, node)
        return or_(column.at.is_(None), not_(holds)) if negated else holds

    def _holds(self, column: Column, node: Comparison) -> Condition:
        """True or false wherever the column has a value."""
        if column.type is FieldType.DATE:
            return self._date(column, node)
        if node.op is Op.IN:
            assert isinstance(node.value, list)
            return column.at.in_([_stored(column, value) for value in node.value])
        assert not isinstance(node.value, list)
        value = _stored(column, node.value)
        comparisons: Mapping[Op, Callable[[], Condition]] = {
            Op.EQ: lambda: column.at == value,
            Op.NE: lambda: column.at != value,
            Op.LT: lambda: column.at < value,
            Op.LE: lambda: column.at <= value,
            Op.GT: lambda: column.at > value,
            Op.GE: lambda: column.at >= value,
            Op.CONTAINS: lambda: column.at.contains(value, autoescape=True),
            Op.STARTS_WITH: lambda: column.at.startswith(value, autoescape=True),
            Op.ENDS_WITH: lambda: column.at.endswith(value, autoescape=True),
        }
        return comparisons[node.op]()

    def _date(self, column: Column, node: Comparison) -> Condition:
        """Whole days in UTC; `within 30d` is the time up to now, not what lies ahead."""
        if node.op is Op.WITHIN:
            hours = parse_duration(str(node.value))
            assert hours is not None
            since = _earlier(self._now, hours)
            return and_(column.at >= _bound(column, since), column.at <= _bound(column, self._now))
        day = self._now.date() if node.value == "today" else date.fromisoformat(str(node.value))
        first, following = _day_bounds(column, day)
        match node.op:
            case Op.BEFORE:
                return _yes(column.at < first)
            case Op.AFTER:
                return _yes(column.at >= following)
            case Op.NE:
                return or_(column.at < first, column.at >= following)
            case _:
                return and_(column.at >= first, column.at < following)


def _yes(condition: Any) -> Condition:
    """A comparison with a column of unknown type is a condition all the same."""
    assert isinstance(condition, ColumnElement)
    return condition


def _stored(column: Column, value: Scalar) -> str | float:
    return column.fold(value) if isinstance(value, str) else float(value)


def _earlier(now: datetime, hours: int) -> datetime:
    try:
        return now - timedelta(hours=hours)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def _bound(column: Column, moment: datetime) -> datetime | float:
    return moment if column.is_moment else float(moment.date().toordinal() - EPOCH)


def _day_bounds(column: Column, day: date) -> tuple[Any, Any]:
    """(first value of the day, first value after it)."""
    if not column.is_moment:
        number = float(day.toordinal() - EPOCH)
        return number, number + 1
    start = datetime.combine(day, time(), UTC)
    after = start + timedelta(days=1) if day < date.max else datetime.max.replace(tzinfo=UTC)
    return start, after
