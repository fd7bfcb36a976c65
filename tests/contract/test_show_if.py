"""Who is shown a block: the meaning of a segment, asked of one contact's merge values."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from contract.contacts import BUILT_IN_FIELDS, FieldDefinition, FieldType
from contract.segment_text import parse
from contract.show_if import ShowIf, fields_in, holds

OWN = (
    ("plan", FieldType.TEXT),
    ("orders", FieldType.NUMBER),
    ("vip", FieldType.BOOL),
    ("born", FieldType.DATE),
)
FIELDS = {field.key: field for field in BUILT_IN_FIELDS} | {
    key: FieldDefinition(key=key, type=type, label=key) for key, type in OWN
}
ANN = {
    "plan": "Pro",
    "orders": "3",
    "vip": "yes",
    "born": "2026-11-20",
    "email": "ann@example.org",
    "name": "",
}
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('plan = "pro"', True),
        ('plan != "pro"', False),
        ('not plan = "pro"', False),
        ('plan in ("free", "PRO")', True),
        ('plan contains "r" and plan starts "p" and plan ends "O"', True),
        ("orders >= 3 and orders <= 3 and orders = 3", True),
        ("orders > 3 or orders < 3", False),
        ("orders in (2, 3)", True),
        ("vip = true", True),
        ("vip = false", False),
        ("name is set", False),
        ("name is not set", True),
        ('name != "x"', False),
        ('not name = "x"', True),
        ("born before 2026-11-21", True),
        ("born after 2026-11-20", False),
        ("born = 2026-11-20", True),
        ("born before today", True),
        ("born = today", False),
        ("born within 7d", True),
        ("born within 1d", False),
        ("everyone", True),
        ("no_one", False),
    ],
)
def test_a_condition_means_what_a_segment_means(text, shown):
    assert holds(parse(text, FIELDS), ANN, NOW) is shown


@pytest.mark.parametrize("text", ["born within 7d", "born before today"])
def test_without_a_clock_no_relative_date_holds(text):
    assert not holds(parse(text, FIELDS), ANN)


@pytest.mark.parametrize("text", ["orders > 1", "vip = true", "born before 2027-01-01"])
def test_a_value_that_is_no_number_or_date_never_holds(text):
    assert not holds(parse(text, FIELDS), {"orders": "many", "vip": "perhaps", "born": "spring"}, NOW)


def test_the_fields_it_asks_for_are_known():
    assert fields_in(parse('plan = "a" or (plan = "b" and orders > 1)', FIELDS)) == ["plan", "orders"]


@pytest.mark.parametrize(
    "raw", [{"event": "opened"}, {"segment": "x"}, {"random": 10}, {"field": "a", "op": "eq", "x": 1}]
)
def test_what_one_contact_cannot_answer_is_refused(raw):
    with pytest.raises(ValidationError):
        TypeAdapter(ShowIf).validate_python(raw)
