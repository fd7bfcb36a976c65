"""The segment text form: what people type, what they are told, and that nothing changes on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.contacts import BUILT_IN_FIELDS, FieldDefinition, FieldType
from contract.segment_ast import (
    OPS,
    All,
    AnyNode,
    AnyOf,
    Comparison,
    CountOp,
    EventCount,
    Events,
    Not,
    Op,
    check_types,
    dump_node,
)
from contract.segment_print import show, simplify
from contract.segment_text import SegmentSyntaxError, complete, parse

FIELDS = {field.key: field for field in BUILT_IN_FIELDS} | {
    "plan": FieldDefinition(
        key="plan", type=FieldType.CHOICE, label="Plan", choices=["free", "pro", "pay as you go"]
    ),
    "city": FieldDefinition(key="city", type=FieldType.TEXT, label="City"),
    "seats": FieldDefinition(key="seats", type=FieldType.NUMBER, label="Seats"),
    "vip": FieldDefinition(key="vip", type=FieldType.BOOL, label="VIP"),
    "renewal": FieldDefinition(key="renewal", type=FieldType.DATE, label="Renewal"),
}


def leaf(field: str, op: str, value: object = True) -> dict[str, object]:
    return {"field": field, "op": op, "value": value}


def count(event: str, op: str, number: int, **more: str) -> dict[str, object]:
    return {"event": event, "op": op, "count": number, **more}


class TestParse:
    @pytest.mark.parametrize(
        ("text", "tree"),
        [
            ('plan = "pro"', leaf("plan", "eq", "pro")),
            ("plan = pro", leaf("plan", "eq", "pro")),
            ('email ends "@gmail.com"', leaf("email", "endsWith", "@gmail.com")),
            ("seats >= 10", leaf("seats", "ge", 10.0)),
            ("seats in (1, 2.5)", leaf("seats", "in", [1.0, 2.5])),
            ("renewal within 30d", leaf("renewal", "within", "30d")),
            ("renewal before 2026-01-01", leaf("renewal", "before", "2026-01-01")),
            ("renewal after today", leaf("renewal", "after", "today")),
            ("vip = true", leaf("vip", "eq", True)),
            ("city is set", leaf("city", "isSet")),
            ("city is not set", {"not": leaf("city", "isSet")}),
            ("opened >= 3 within 90d", count("opened", "atLeast", 3, within="90d")),
            ("clicked = 2", count("clicked", "exactly", 2)),
            ("bounced <= 1", count("bounced", "atMost", 1)),
            ("never clicked", count("clicked", "exactly", 0)),
            ('event sent >= 1 of campaign "c1"', count("sent", "atLeast", 1, campaignId="c1")),
            ("everyone", {"all": []}),
            ("no_one", {"any": []}),
        ],
    )
    def test_each_kind_of_condition(self, text, tree):
        assert dump_node(parse(text, FIELDS)) == tree

    def test_and_binds_tighter_than_or_and_not_tightest(self):
        assert dump_node(parse("vip = true or not vip = true and seats = 1", FIELDS)) == {
            "any": [
                leaf("vip", "eq", True),
                {"all": [{"not": leaf("vip", "eq", True)}, leaf("seats", "eq", 1.0)]},
            ]
        }


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "start", "words", "hint"),
        [
            ("plam = pro", 0, "no field plam", "plan"),
            ("plan = prp", 7, "no choice prp", "pro"),
            ("seats contains 3", 6, "number field", None),
            ("city = ", 7, '"text"', None),
            ('city = "open', 7, "not closed", None),
            ("(vip = true", 11, ")", None),
            ("vip = true seats = 1", 11, "expected", None),
            ("renewal before 2026-02-30", 15, "calendar", None),
            ("", 0, "everyone", None),
            ("opend >= 3", 0, "no field opend", "opened"),
            ("opened 3", 7, ">=", None),
            ("opened >= 2.5", 10, "whole number", None),
            ("never ", 6, "opened", None),
            ("clicked >= 1 of 3", 16, "campaign", None),
            ("city # 3", 5, "unexpected", None),
        ],
    )
    def test_names_the_place_and_what_was_expected(self, text, start, words, hint):
        with pytest.raises(SegmentSyntaxError) as caught:
            parse(text, FIELDS)
        assert caught.value.start == start
        assert words in caught.value.message
        assert caught.value.hint == hint

    def test_endless_nesting_is_refused_not_a_crash(self):
        with pytest.raises(SegmentSyntaxError, match="deep"):
            parse("(" * 5000 + "vip = true" + ")" * 5000, FIELDS)

    @given(st.text(max_size=60))
    def test_any_text_is_read_or_refused_with_a_place_inside_it(self, text):
        try:
            node = parse(text, FIELDS)
        except SegmentSyntaxError as error:
            place = (error.start, error.end)
        else:
            place = (0, 0)
            assert check_types(node, FIELDS) == []
        assert 0 <= place[0] <= place[1] <= len(text)


class TestComplete:
    @pytest.mark.parametrize(
        ("text", "wanted"),
        [
            ("pl", "plan"),
            ("plan ", "="),
            ("plan = p", "pro"),
            ("vip = ", "true"),
            ("vip = true ", "and"),
            ("not ", "city"),
            ("renewal wi", "within"),
            ("city is ", "not"),
            ("op", "opened"),
            ("never ", "clicked"),
            ("opened ", ">="),
            ("opened >= 3 ", "within"),
        ],
    )
    def test_offers_what_may_come_next(self, text, wanted):
        start, candidates = complete(text, len(text), FIELDS)
        assert wanted in candidates
        assert wanted.startswith(text[start:])

    def test_offers_nothing_behind_an_error(self):
        assert complete("plam = 3 an", 11, FIELDS)[1] == []


def _values(field: FieldDefinition) -> st.SearchStrategy[object]:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    return {
        FieldType.TEXT: st.text(max_size=20),
        FieldType.NUMBER: numbers,
        FieldType.BOOL: st.booleans(),
        FieldType.DATE: st.dates().map(str) | st.just("today"),
        FieldType.CHOICE: st.sampled_from(field.choices or ["-"]),
    }[field.type]


@st.composite
def comparisons(draw: st.DrawFn) -> AnyNode:
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    op = draw(st.sampled_from(OPS[field.type]))
    if op is Op.IS_SET:
        return Comparison(field=field.key, op=op, value=draw(st.booleans()))
    if op is Op.WITHIN:
        return Comparison(
            field=field.key, op=op, value=f"{draw(st.integers(1, 99999))}{draw(st.sampled_from('hdwmy'))}"
        )
    if op is Op.IN:
        return Comparison(
            field=field.key, op=op, value=draw(st.lists(_values(field), min_size=1, max_size=3))
        )
    return Comparison(field=field.key, op=op, value=draw(_values(field)))


events = st.builds(
    EventCount,
    event=st.sampled_from(Events),
    op=st.sampled_from(CountOp),
    count=st.integers(0, 9_999),
    within=st.none() | st.sampled_from(["1h", "90d", "99999y"]),
    campaign_id=st.none() | st.text(min_size=1, max_size=20),
)

trees = st.recursive(
    comparisons() | events,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda nodes: All(all=nodes))
        | st.lists(inner, max_size=3).map(lambda nodes: AnyOf(any=nodes))
        | inner.map(lambda node: Not(not_=node))
    ),
    max_leaves=8,
)


SAME_NAMES = FIELDS | {
    name: FieldDefinition(key=name, type=FieldType.NUMBER, label=name)
    for name in ("opened", "event", "never", "within", "of", "campaign")
}


class TestShow:
    @given(trees)
    def test_fields_that_are_called_like_events_are_told_apart_from_them(self, tree):
        text = show(tree, SAME_NAMES)
        assert parse(text, SAME_NAMES) == simplify(tree)

    @pytest.mark.parametrize("text", ["opened >= 3", "event = 1", "never >= 2 and event is set"])
    def test_such_a_fields_words_are_the_fields(self, text):
        node = parse(text, SAME_NAMES)
        assert "event" not in str(dump_node(node)).replace("'field': 'event'", "")
        assert show(node, SAME_NAMES) == text

    @given(trees)
    def test_what_is_printed_reads_back_as_the_same_filter(self, tree):
        assert check_types(tree, FIELDS) == []
        text = show(tree, FIELDS)
        assert parse(text, FIELDS) == simplify(tree)
        assert show(parse(text, FIELDS), FIELDS) == text
