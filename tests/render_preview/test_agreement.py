"""The text part says the words of the HTML part, in their order, whatever blocks a mail is made of."""

import re

from hypothesis import given
from hypothesis import strategies as st

from contract.block_types import KNOWN
from contract.blocks import load_document
from render_preview.networks import NETWORKS
from render_preview.parts import preview_parts
from tests.render_preview.trees import visible_words

word = st.from_regex(r"[a-zà-ÿ]{1,9}", fullmatch=True).filter(lambda found: found.isalpha())
words = st.lists(word, min_size=1, max_size=12).map(" ".join)
prose = st.tuples(words, words, words).map(
    lambda some: f"{some[0]} **{some[1]}**\n\n[{some[2]}](https://e.example/a) *{some[0]}* ~~{some[1]}~~"
)
URL = "https://e.example/x"
_links = st.lists(
    st.sampled_from(sorted(NETWORKS)).map(lambda name: {"network": name, "href": URL}), min_size=1, max_size=3
)
LEAVES = {
    "heading": {"text": words, "level": st.integers(1, 3)},
    "text": {"text": prose},
    "button": {"label": words, "href": st.just(URL)},
    "image": {"src": st.just(URL), "alt": words, "href": st.sampled_from(["", URL])},
    "divider": {},
    "spacer": {},
    "list": {"items": st.lists(words, min_size=1, max_size=4), "ordered": st.booleans()},
    "quote": {"text": prose, "cite": st.just("") | words},
    "code": {"text": st.tuples(words, words).map("\n  ".join)},
    "social": {"links": _links},
    "html": {"html": st.tuples(words, words).map(lambda two: f"<p>{two[0]}</p><div><b>{two[1]}</b></div>")},
}


def _of_type(kind: str, fields: dict) -> st.SearchStrategy:
    return st.fixed_dictionaries({"type": st.just(kind), **fields})


leaf = st.one_of(*(_of_type(kind, fields) for kind, fields in LEAVES.items()))
cells = st.tuples(*[st.lists(leaf, min_size=1, max_size=2)] * 2).map(list)
OTHERS = {
    "columns": {"cells": cells},
    "footer": {"text": prose, "address": words, "unsubscribe": words, "preferences": words, "view": words},
}


def spoken(text: str) -> list[str]:
    """Words alone: the text part adds addresses in round brackets or on lines of their own."""
    without = re.sub(r"\(?(?:https?|mailto):[^\s)]*\)?", " ", text)
    return re.findall(r"[^\W\d_]+", without)


def test_every_type_of_block_is_tried():
    assert {*LEAVES, *OTHERS} == {*KNOWN}


@given(st.lists(leaf | st.one_of(*(_of_type(*item) for item in OTHERS.items())), min_size=1, max_size=6))
def test_text_and_html_agree(blocks):
    parts = preview_parts(load_document({"version": 1, "blocks": blocks}), {})
    assert spoken(visible_words(parts.html)) == spoken(parts.text)
