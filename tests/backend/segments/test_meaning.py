"""Random filters over random contacts: SQL and plain Python agree on who is in."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, insert, select
from sqlalchemy.orm import Session

from backend.db.base import Base
from backend.db.models.contact import Contact, CustomField
from backend.db.models.org import Org
from backend.field_values import typed_value
from backend.segments.compile import Compiler, columns_for
from contract.contacts import BUILT_IN_FIELDS, FieldDefinition, FieldType
from contract.segment_ast import OPS, All, AnyNode, AnyOf, Comparison, Not, Op, check_types
from tests.backend.segments.reference import holds

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CUSTOM = [
    CustomField(key="city", type="text", slot="t1", label="", choices={"choices": []}),
    CustomField(
        key="plan", type="choice", slot="t2", label="", choices={"choices": ["Pro", "free", "Größe"]}
    ),
    CustomField(key="age", type="number", slot="n1", label="", choices={"choices": []}),
    CustomField(key="vip", type="bool", slot="n2", label="", choices={"choices": []}),
    CustomField(key="birthday", type="date", slot="n3", label="", choices={"choices": []}),
]
FIELDS = {field.key: field for field in BUILT_IN_FIELDS} | {
    row.key: FieldDefinition(key=row.key, type=FieldType(row.type), label="", choices=row.choices["choices"])
    for row in CUSTOM
}

TEXTS = st.sampled_from(
    ["", "a", "A", "Straße", "STRASSE", "%", "_", "a_b", "50%", "\\", "İ", "ß", "Oslo", "É"]
)
NUMBERS = st.sampled_from([-1.5, 0.0, 1.0, 2.0, 18.0, 1e15])
DAYS = st.sampled_from(
    [date(1969, 12, 31), date(2026, 1, 31), date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)]
)
DAY_VALUES = st.one_of(DAYS.map(date.isoformat), st.just("today"))
MOMENTS = st.sampled_from([0, 1, 23, 24, 25, 9, 10, 720, 721, 9000]).map(lambda h: NOW - timedelta(hours=h))
DURATIONS = st.sampled_from(["1h", "1d", "30d", "2w", "1m", "1y", "99999y"])


def values_for(field: FieldDefinition) -> st.SearchStrategy[Any]:
    match field.type:
        case FieldType.TEXT:
            return TEXTS
        case FieldType.NUMBER:
            return NUMBERS
        case FieldType.BOOL:
            return st.booleans()
        case FieldType.CHOICE:
            return st.sampled_from(field.choices)
        case FieldType.DATE:
            return DAY_VALUES


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    field = draw(st.sampled_from(list(FIELDS.values())))
    op = draw(st.sampled_from(OPS[field.type]))
    if op is Op.IS_SET:
        value: Any = draw(st.booleans())
    elif op is Op.WITHIN:
        value = draw(DURATIONS.filter(lambda d: d != "99999y"))
    elif op is Op.IN:
        value = draw(st.lists(values_for(field), min_size=1, max_size=3))
    else:
        value = draw(values_for(field))
    return Comparison(field=field.key, op=op, value=value)


TREES: st.SearchStrategy[AnyNode] = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda nodes: All(all=nodes)),
        st.lists(inner, max_size=3).map(lambda nodes: AnyOf(any=nodes)),
        inner.map(lambda node: Not(not_=node)),
    ),
    max_leaves=8,
)

ROWS = st.fixed_dictionaries(
    {
        "name": st.none() | TEXTS.filter(bool),
        "status": st.sampled_from(["subscribed", "unsubscribed", "bounced"]),
        "created_at": MOMENTS,
        "city": st.none() | TEXTS.filter(bool),
        "plan": st.none() | st.sampled_from(["Pro", "free", "Größe"]),
        "age": st.none() | NUMBERS,
        "vip": st.none() | st.booleans(),
        "birthday": st.none() | DAYS,
    }
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Org(id=1, name="o", created_at=NOW))
        session.commit()
    yield engine
    engine.dispose()


def stored(number: int, row: dict[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "org_id": 1,
        "id": number,
        "email": f"a{number}@x.example",
        "name": row["name"],
        "name_folded": row["name"].casefold() if row["name"] else None,
        "status": row["status"],
        "created_at": row["created_at"],
        "updated_at": NOW,
        "rev": 0,
    }
    for field in CUSTOM:
        value = row[field.key]
        shown = value.isoformat() if isinstance(value, date) else value
        columns[field.slot] = typed_value(field, shown)[1]
    return columns


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, rows=st.lists(ROWS, min_size=1, max_size=6))
def test_sql_and_plain_python_agree(engine: Engine, tree: AnyNode, rows: list[dict[str, Any]]) -> None:
    assert check_types(tree, FIELDS) == []
    contacts = {i: {**row, "email": f"a{i}@x.example"} for i, row in enumerate(rows, start=1)}
    with Session(engine) as session:
        session.execute(insert(Contact), [stored(i, row) for i, row in contacts.items()])
        condition = Compiler(columns_for(CUSTOM), NOW).condition(tree)
        found = set(session.scalars(select(Contact.id).where(condition)))
        session.rollback()
    assert found == {i for i, row in contacts.items() if holds(tree, row, FIELDS, NOW)}


def test_a_duration_longer_than_time_itself_means_always(engine: Engine) -> None:
    node = Comparison(field="created_at", op=Op.WITHIN, value="99999y")
    with Session(engine) as session:
        row = {"name": None, "status": "subscribed", "created_at": NOW} | dict.fromkeys(
            ["city", "plan", "age", "vip", "birthday"]
        )
        session.execute(insert(Contact), [stored(1, row)])
        assert list(
            session.scalars(select(Contact.id).where(Compiler(columns_for(CUSTOM), NOW).condition(node)))
        ) == [1]
        session.rollback()
