"""Whatever a contact's field holds, it stays words: in HTML, in addresses, in the text and in headers."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given

from contract.blocks import load_document
from render_preview.parts import compile_parts, render_parts
from tests.render_preview.samples import FRAGMENTS, UNSUBSCRIBE, documents, hostile, tags_everywhere
from tests.render_preview.trees import addresses, is_allowed, parse, shape

COMPILED = compile_parts(tags_everywhere())
CALM = COMPILED.render({"a": "x"}, unsubscribe_url=UNSUBSCRIBE)


@given(hostile)
def test_a_value_never_changes_the_structure_of_the_html(value):
    html = COMPILED.render({"a": value}, unsubscribe_url=UNSUBSCRIBE).html
    assert shape(parse(html)) == shape(parse(CALM.html))


@given(hostile)
def test_a_value_never_makes_an_address_that_runs_or_moves_to_another_host(value):
    tree = parse(COMPILED.render({"a": value}, unsubscribe_url=UNSUBSCRIBE).html)
    for address, calm in zip(addresses(tree), addresses(parse(CALM.html)), strict=True):
        assert is_allowed(address)
        if calm.startswith("https://"):
            assert urlsplit(address).netloc == urlsplit(calm).netloc


@given(hostile)
def test_a_value_never_adds_a_line_to_the_text_or_subject(value):
    parts = COMPILED.render({"a": value}, unsubscribe_url=UNSUBSCRIBE)
    assert parts.text.count("\n") == CALM.text.count("\n")
    assert parts.subject.splitlines() == [parts.subject]
    for part in (parts.subject, parts.text.replace("\n", "")):
        assert not any(
            character in part for character in "\r\n\x00\x1b\x85\u2028\u202e\u2066\ufdd0\ufdd2\ufdd3"
        )


@pytest.mark.parametrize("value", FRAGMENTS)
def test_known_attacks_are_words_in_every_part(value):
    parts = COMPILED.render({"a": value}, unsubscribe_url=UNSUBSCRIBE)
    tree = parse(parts.html)
    assert shape(tree) == shape(parse(CALM.html))
    assert not any(element.tag in ("script", "iframe", "svg") for element in tree.iter())
    assert all(is_allowed(address) for address in addresses(tree))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("HTTP://example.com/é", "HTTP://example.com/é"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("tel:+431234", "tel:+431234"),
        ("javascript:alert(1)", "#"),
        (" javascript:alert(1)", "#"),
        ("java\nscript:alert(1)", "#"),
        ("//evil.example", "#"),
        ("https:\\\\evil.example", "#"),
        ("example.com", "#"),
        ("", "#"),
    ],
)
def test_a_whole_address_from_a_field_needs_an_allowed_scheme(value, expected):
    document = load_document(
        {"version": 1, "blocks": [{"type": "button", "label": "Go", "href": "{{ link }}"}]}
    )
    tree = parse(render_parts(document, {"link": value}).html)
    assert list(addresses(tree)) == [expected]


def test_a_value_in_an_address_is_one_part_of_it():
    document = load_document(
        {"version": 1, "blocks": [{"type": "text", "text": "[x](https://example.com/a/{{ v }}?b=1)"}]}
    )
    parts = render_parts(document, {"v": "../c?d=e&f#g h/é"})
    address = "https://example.com/a/..%2Fc%3Fd%3De%26f%23g%20h%2F%C3%A9?b=1"
    assert list(addresses(parse(parts.html))) == [address]
    assert parts.text == f"x ({address})"


@given(documents, hostile)
def test_any_document_gives_well_formed_html_with_allowed_addresses_only(document, value):
    parts = render_parts(document, {"a": value}, unsubscribe_url=UNSUBSCRIBE)
    tree = parse(parts.html)
    assert all(is_allowed(address) for address in addresses(tree))
    assert not any(element.tag in ("script", "iframe", "svg") for element in tree.iter())
    handlers = [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert not handlers


def test_very_long_values_are_cut():
    document = load_document({"version": 1, "blocks": [{"type": "text", "text": "{{ a }}"}]})
    assert render_parts(document, {"a": "y" * 1_000_000}).text == "y" * 2_000
