"""The segment filter as a tree: the form that is stored, sent and compiled to SQL.

    {"all": [node...]}   {"any": [node...]}   {"not": node}
    {"field": "plan", "op": "eq", "value": "pro"}
    {"event": "opened", "op": "atLeast", "count": 3, "within": "90d"?, "campaignId": "..."?}

`{"all": []}` is everyone, `{"any": []}` no one. Unset means false: a comparison with a field the contact
does not have never holds, and `not` is two-valued. Text compares without regard to case.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
)

from contract.contacts import FieldDefinition, FieldType
from contract.problems import FieldError

MAX_DEPTH = 12
MAX_NODES = 200


class Op(StrEnum):
    """Comparisons. Which of them a field takes depends on its type: see `OPS`."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    IS_SET = "isSet"
    WITHIN = "within"
    BEFORE = "before"
    AFTER = "after"


OPS: dict[FieldType, tuple[Op, ...]] = {
    FieldType.TEXT: (Op.EQ, Op.NE, Op.IN, Op.CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH, Op.IS_SET),
    FieldType.NUMBER: (Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE, Op.IN, Op.IS_SET),
    FieldType.DATE: (Op.EQ, Op.NE, Op.BEFORE, Op.AFTER, Op.WITHIN, Op.IS_SET),
    FieldType.BOOL: (Op.EQ, Op.NE, Op.IS_SET),
    FieldType.CHOICE: (Op.EQ, Op.NE, Op.IN, Op.IS_SET),
}

Scalar = bool | Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, Field(max_length=500)]
DURATION = r"^[1-9][0-9]{0,4}[hdwmy]$"
"""`30d`: hours, days, weeks, months of 30 days, years of 365."""


class _NodeBase(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)


class Comparison(_NodeBase):
    """A field of the contact against a value. `isSet` has the value true (or false: is not set)."""

    field: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    op: Op
    value: Scalar | Annotated[list[Scalar], Field(min_length=1, max_length=200)] = True


class Events(StrEnum):
    """What is counted: mails that their server took, that came back, that a person opened or clicked in."""

    SENT = "sent"
    OPENED = "opened"
    CLICKED = "clicked"
    BOUNCED = "bounced"


class CountOp(StrEnum):
    """How many."""

    AT_LEAST = "atLeast"
    AT_MOST = "atMost"
    EXACTLY = "exactly"


COUNTS = {CountOp.AT_LEAST: ">=", CountOp.AT_MOST: "<=", CountOp.EXACTLY: "="}


def _is_none(value: object) -> bool:
    return value is None


class EventCount(_NodeBase):
    """How many of the contact's mails came to this; what machines did does not count.

    `within` is the time up to now; `campaignId` is the campaign or sequence that the mails are of.
    """

    event: Events
    op: CountOp
    count: Annotated[int, Field(ge=0, le=9_999)]
    within: Annotated[str, Field(pattern=DURATION)] | None = Field(None, exclude_if=_is_none)
    campaign_id: Annotated[str, Field(min_length=1, max_length=100)] | None = Field(
        None, alias="campaignId", exclude_if=_is_none
    )


class All(_NodeBase):
    """Every child holds; without children: everyone."""

    all: "Annotated[list[AnyNode], Field(max_length=MAX_NODES)]"


class AnyOf(_NodeBase):
    """At least one child holds; without children: no one."""

    any: "Annotated[list[AnyNode], Field(max_length=MAX_NODES)]"


class Not(_NodeBase):
    """The child does not hold."""

    not_: "AnyNode" = Field(alias="not")


def _kind(value: Any) -> Literal["all", "any", "not", "event", "comparison"]:
    if isinstance(value, EventCount) or (isinstance(value, dict) and "event" in value):
        return "event"
    if isinstance(value, All) or (isinstance(value, dict) and "all" in value):
        return "all"
    if isinstance(value, AnyOf) or (isinstance(value, dict) and "any" in value):
        return "any"
    if isinstance(value, Not) or (isinstance(value, dict) and ("not" in value or "not_" in value)):
        return "not"
    return "comparison"


AnyNode = Annotated[
    Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[Not, Tag("not")]
    | Annotated[EventCount, Tag("event")]
    | Annotated[Comparison, Tag("comparison")],
    Discriminator(_kind),
]

for _model in (All, AnyOf, Not):
    _model.model_rebuild()


def children(node: AnyNode) -> Iterator[tuple[str, AnyNode]]:
    """The direct children with their place in the JSON (`all.0`)."""
    match node:
        case All():
            yield from ((f"all.{i}", child) for i, child in enumerate(node.all))
        case AnyOf():
            yield from ((f"any.{i}", child) for i, child in enumerate(node.any))
        case Not():
            yield "not", node.not_


def walk(node: AnyNode, path: str = "", depth: int = 1) -> Iterator[tuple[str, int, AnyNode]]:
    """Every node with its path and depth, parents first."""
    yield path, depth, node
    for place, child in children(node):
        yield from walk(child, f"{path}.{place}" if path else place, depth + 1)


def _bounded(node: AnyNode) -> AnyNode:
    for count, (_, depth, _) in enumerate(walk(node), start=1):
        if depth > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} deep"
            raise ValueError(message)
        if count > MAX_NODES:
            message = f"more than {MAX_NODES} conditions"
            raise ValueError(message)
    return node


Node = Annotated[AnyNode, AfterValidator(_bounded)]
"""A whole filter: at most 12 deep and 200 nodes."""

EVERYONE = All(all=[])
NO_ONE = AnyOf(any=[])


def dump_node(node: AnyNode) -> dict[str, Any]:
    """The JSON form."""
    return node.model_dump(mode="json", by_alias=True)


Fields = Mapping[str, FieldDefinition]


def _wrong_value(field: FieldDefinition, value: Scalar) -> str | None:
    """What is wrong with one value for this field, in words; None if it fits."""
    match field.type:
        case FieldType.TEXT:
            return None if isinstance(value, str) else "expected text in quotes"
        case FieldType.NUMBER:
            number = isinstance(value, float) and not isinstance(value, bool)
            return None if number else "expected a number"
        case FieldType.BOOL:
            return None if isinstance(value, bool) else "expected true or false"
        case FieldType.CHOICE:
            return None if value in field.choices else f"expected one of {', '.join(field.choices)}"
        case FieldType.DATE:
            return None if _is_date(value) else "expected a date such as 2026-01-31, or today"


def _is_date(value: Scalar) -> bool:
    if value == "today":
        return True
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value)) and len(value) == 10
    except ValueError:
        return False


def _wrong_comparison(node: Comparison, fields: Fields) -> tuple[str, str] | None:
    """(member of the node, what is wrong) or None."""
    field = fields.get(node.field)
    if field is None:
        return "field", f"there is no field {node.field!r}"
    if node.op not in OPS[field.type]:
        allowed = ", ".join(OPS[field.type])
        return "op", f"{field.key} is a {field.type} field; it takes {allowed}"
    if node.op is Op.IS_SET:
        return None if isinstance(node.value, bool) else ("value", "expected true or false")
    if node.op is Op.WITHIN:
        fits = isinstance(node.value, str) and parse_duration(node.value) is not None
        return None if fits else ("value", "expected a duration such as 30d (h, d, w, m, y)")
    if isinstance(node.value, list) != (node.op is Op.IN):
        return "value", "expected a list of values" if node.op is Op.IN else "expected one value"
    values = node.value if isinstance(node.value, list) else [node.value]
    wrong = next((w for v in values if (w := _wrong_value(field, v))), None)
    return ("value", wrong) if wrong else None


def check_types(node: AnyNode, fields: Fields) -> list[FieldError]:
    """Every comparison that names an unknown field, or an operator or value its type does not take."""
    errors = []
    for path, _, leaf in walk(node):
        if isinstance(leaf, Comparison) and (wrong := _wrong_comparison(leaf, fields)):
            member, message = wrong
            errors.append(FieldError(path=f"{path}.{member}" if path else member, message=message))
    return errors


_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}


def parse_duration(text: str) -> int | None:
    """Hours in `30d`; None if it is not a duration."""
    number, unit = text[:-1], text[-1:]
    if unit not in _HOURS or not number.isascii() or not number.isdigit() or len(number) > 5:
        return None
    return int(number) * _HOURS[unit] if number[0] != "0" else None
