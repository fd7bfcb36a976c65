"""Merging: what may be settled without asking, and what never is."""

import copy
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from contract.sequence_settings import DEFAULT_SETTINGS
from sync.merge import SEND_GROUP, merge
from sync.order_merge import merge_order
from sync.text_merge import merge_text, sentences

Doc = dict[str, Any]
EDITS = ["prose", "property", "delete", "insert", "move", "field", "send", "type"]
WORDS = [
    "Sale starts Monday. ",
    "Shoes are 20% off. ",
    "Hi {{ first_name | friend }}, hello. ",
    "Visit https://shop.example/a?b=c now. ",
    "Buy now!\n",
    "Bye.",
]


def campaign(*texts: str, **fields: Any) -> Doc:
    blocks = [{"id": f"b{n}", "type": "text", "text": text, "align": "left"} for n, text in enumerate(texts)]
    content = {"version": 1, "subject": "s", "theme": {"accent": "#000000"}, "blocks": blocks}
    return {"name": "n", "contentJson": content, "segmentId": "g", "sendAt": None} | fields


def blocks(doc: Doc) -> list[Doc]:
    found: list[Doc] = doc["contentJson"]["blocks"]
    return found


@st.composite
def bases(draw: st.DrawFn) -> Doc:
    prose = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)
    return campaign(*draw(st.lists(prose, max_size=6)))


def edit(draw: st.DrawFn, base: Doc, who: str) -> Doc:
    """The base after up to five random edits by one person."""
    doc = copy.deepcopy(base)
    for n in range(draw(st.integers(0, 5))):
        match draw(
            st.sampled_from(["prose", "property", "delete", "insert", "move", "field", "send", "type"])
        ):
            case "field":
                doc["name"] = f"{who}{n}"
            case "send":
                doc[draw(st.sampled_from(SEND_GROUP))] = f"{who}{n}"
            case "insert":
                place = draw(st.integers(0, len(blocks(doc))))
                new = {"id": f"{who}{n}", "type": "text", "text": f"New {who}{n}. ", "align": "left"}
                blocks(doc).insert(place, new)
            case kind if blocks(doc):
                at = draw(st.integers(0, len(blocks(doc)) - 1))
                _edit_block(draw, blocks(doc), at, kind, f"{who}{n}")
    return doc


def _edit_block(draw: st.DrawFn, found: list[Doc], at: int, kind: str, mark: str) -> None:
    match kind:
        case "delete":
            found.pop(at)
        case "move":
            found.insert(draw(st.integers(0, len(found) - 1)), found.pop(at))
        case "property":
            found[at]["align"] = draw(st.sampled_from(["left", "center", "right"]))
        case "type":
            found[at]["type"] = draw(st.sampled_from(["text", "heading"]))
        case _:
            pieces = sentences(found[at]["text"])
            place = draw(st.integers(0, len(pieces)))
            if place < len(pieces) and draw(st.booleans()):
                pieces[place] = f"Changed {mark}. "
            else:
                pieces.insert(place, f"Added {mark}. ")
            found[at]["text"] = "".join(pieces)


@st.composite
def triples(draw: st.DrawFn) -> tuple[Doc, Doc, Doc]:
    base = draw(bases())
    return base, edit(draw, base, "m"), edit(draw, base, "t")


def questions(merged: Any) -> list[tuple[str, tuple[str, ...]]]:
    return sorted((conflict.kind, conflict.path) for conflict in merged.conflicts)


class TestLaws:
    @given(triples())
    def test_what_one_side_did_alone_is_the_outcome(self, triple):
        base, mine, theirs = triple
        for m, t, wanted in ((mine, base, mine), (base, theirs, theirs), (mine, mine, mine)):
            merged = merge(base, m, t)
            assert merged.conflicts == ()
            assert merged.content == wanted

    @given(triples())
    def test_it_does_not_matter_who_is_called_mine(self, triple):
        base, mine, theirs = triple
        one, other = merge(base, mine, theirs), merge(base, theirs, mine)
        assert questions(one) == questions(other)
        if not one.conflicts:
            assert one.content == other.content

    @given(triples())
    def test_nothing_written_is_dropped_and_nothing_deleted_comes_back(self, triple):
        base, mine, theirs = triple
        merged = merge(base, mine, theirs)
        asked = {conflict.path for conflict in merged.conflicts}
        old, m, t = ({b["id"]: b for b in blocks(doc)} for doc in triple)
        out = {block["id"]: block for block in blocks(merged.content)}
        assert len(out) == len(blocks(merged.content))
        for side in (m, t):
            for id, block in side.items():
                if block != old.get(id):
                    assert id in out
                    self._kept(block, old.get(id, {}), out[id], asked)
        for id in old:
            if (id not in m or id not in t) and ("contentJson", "blocks", id) not in asked:
                assert id not in out

    def _kept(self, block: Doc, base: Doc, out: Doc, asked: set[tuple[str, ...]]) -> None:
        path = ("contentJson", "blocks", block["id"])
        for key, value in block.items():
            if value == base.get(key) or path in asked or (*path, key) in asked:
                continue
            if key == "text":
                written = Counter(sentences(value)) - Counter(sentences(base.get(key, "")))
                assert not written - Counter(sentences(out[key]))
            else:
                assert out[key] == value

    @given(triples())
    def test_who_gets_it_and_when_is_never_mixed(self, triple):
        merged = merge(*triple)
        if ("send",) not in {conflict.path for conflict in merged.conflicts}:
            chosen = [merged.content[key] for key in SEND_GROUP]
            assert chosen in [[side[key] for key in SEND_GROUP] for side in triple[1:]]

    @given(st.integers(0, 6).flatmap(lambda n: st.tuples(*[st.permutations(range(n))] * 2)))
    def test_each_pair_is_turned_if_either_side_turned_it(self, orders):
        mine, theirs = ([str(n) for n in order] for order in orders)
        base = sorted(mine)
        merged, agreed = merge_order(base, base, mine, theirs)
        assert (merged, agreed) == merge_order(base, base, theirs, mine) or not agreed
        if agreed:
            for x in base:
                for y in base:
                    turned = mine.index(x) > mine.index(y) or theirs.index(x) > theirs.index(y)
                    if x < y:
                        assert (merged.index(x) > merged.index(y)) == turned

    def test_every_kind_of_question_can_come_up(self):
        missing = {"field", "send", "text", "property", "edit_delete", "order", "type"}

        def was_the_last(triple) -> bool:
            missing.difference_update(conflict.kind for conflict in merge(*triple).conflicts)
            return not missing

        once = settings(max_examples=20_000, deadline=None, database=None, phases=[Phase.generate])
        with suppress(NoSuchExample):
            find(triples(), was_the_last, settings=once)
        assert not missing


BASE = (
    "Hi {{ first_name }}, our spring sale starts Monday. All shoes are 20% off. "
    "Shop at https://shop.example/sale?utm=a today. It is not valid in Spain."
)


class TestProse:
    @pytest.mark.parametrize(
        ("mine", "theirs", "wanted"),
        [
            (("Monday", "Tuesday"), ("Spain", "France"), "clean"),
            (("20%", "30%"), ("20%", "15%"), "asked"),
            (("spring", "summer"), ("sale starts", "event starts"), "asked"),
            (("Hi", "Hello"), ("Monday", "Friday"), "asked"),
            ((" All shoes are 20% off.", ""), ("20% off", "25% off"), "asked"),
            (("off. ", "off. Free shipping. "), ("off. ", "off. Returns are free. "), "asked"),
            (("first_name", "name"), ("first_name", "company"), "asked"),
            (("utm=a", "utm=b"), ("sale?", "shop?"), "asked"),
            (("not valid in Spain", "valid in Spain"), ("Spain", "Spain and Italy"), "asked"),
            (("Monday", "Tuesday"), ("20%", "30%"), "asked"),
        ],
    )
    def test_nobody_is_made_to_say_what_nobody_wrote(self, mine, theirs, wanted):
        merged = merge_text(BASE, BASE.replace(*mine), BASE.replace(*theirs))
        if wanted == "asked":
            assert merged is None
        else:
            assert merged == BASE.replace(*mine).replace(*theirs)

    def test_two_people_who_fill_an_empty_text_are_asked(self):
        assert merge_text("", "Hello A", "Hello B") is None

    @given(st.text(max_size=200))
    def test_sentences_joined_are_the_text(self, text):
        assert "".join(sentences(text)) == text


class TestSteps:
    def test_two_people_edit_different_steps_and_a_delay(self):
        def sequence(first: str, second: str, delay: float) -> Doc:
            content = [{"version": 1, "subject": subject, "blocks": []} for subject in (first, second)]
            steps = [
                {"id": "s1", "delayHours": 0.0, "contentJson": content[0]},
                {"id": "s2", "delayHours": delay, "contentJson": content[1]},
            ]
            return {"name": "n", "segmentId": None, "steps": steps}

        base = sequence("a", "b", 48.0)
        merged = merge(base, sequence("A", "b", 48.0), sequence("a", "B", 72.0))
        assert merged.conflicts == ()
        assert merged.content == sequence("A", "B", 72.0)

    def test_settings_are_merged_one_by_one_and_one_that_nobody_said_has_its_default(self):
        def sequence(**settings: object) -> Doc:
            return {"name": "n", "steps": [], "settings": settings}

        never_asked: Doc = {"name": "n", "steps": [], "settings": None}
        mine = sequence(exitOnLeaving=True, reenterAfterDays=None)
        theirs = sequence(**(DEFAULT_SETTINGS | {"reenterAfterDays": 30}))
        merged = merge(never_asked, mine, theirs)
        assert merged.conflicts == ()
        both = DEFAULT_SETTINGS | {"exitOnLeaving": True, "reenterAfterDays": 30}
        assert merged.content == sequence(**both)

    def test_a_window_is_one_value(self):
        def sequence(opens: str, closes: str) -> Doc:
            window = {"days": ["mon"], "opens": opens, "closes": closes}
            return {"name": "n", "steps": [], "settings": DEFAULT_SETTINGS | {"sendWindow": window}}

        merged = merge(sequence("09:00", "17:00"), sequence("08:00", "17:00"), sequence("09:00", "18:00"))
        assert questions(merged) == [("field", ("settings", "sendWindow"))]

    def test_a_filter_is_never_spliced(self):
        base = {"name": "n", "dslJson": {"all": [{"field": "a"}, {"field": "b"}]}}
        mine = {"name": "n", "dslJson": {"all": [{"field": "a"}]}}
        theirs = {"name": "n", "dslJson": {"all": [{"field": "b"}]}}
        assert questions(merge(base, mine, theirs)) == [("field", ("dslJson",))]
