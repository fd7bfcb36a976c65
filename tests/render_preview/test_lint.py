import pytest
from hypothesis import given

from contract.blocks import load_document
from render_preview.lint import blocks_sending, lint
from render_preview.lint.whole_mail import weight
from render_preview.tracking import tracking_at
from render_preview.wire import compile_message
from tests.render_preview.samples import HEADERS, documents, usual

FOOTER = {"type": "footer", "id": "foot", "address": "1 High Street"}
WORDS = {"type": "text", "id": "words", "text": "Hello"}


def checked(*blocks, subject="News", preheader="More news", **options):
    raw = {"version": 1, "subject": subject, "preheader": preheader, "blocks": list(blocks)}
    return [(f.level, f.code, f.block_id) for f in lint(load_document(raw), **options)]


def test_a_finished_mail_has_no_findings():
    assert checked({"type": "text", "text": "Hello {{ name | you }}"}, FOOTER, known_fields={"name"}) == []


def test_the_usual_document_can_be_sent():
    assert not blocks_sending(lint(usual()))


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("", [("error", "subject-missing", None)]),
        ("  ", [("error", "subject-missing", None)]),
        ("x" * 48, []),
        ("x" * 49, [("hint", "subject-phone", None)]),
        ("x" * 70, [("hint", "subject-phone", None)]),
        ("x" * 71, [("warning", "subject-long", None)]),
        ("x" * 40 + "{{ name | " + " " * 30 + "y }}", []),
    ],
)
def test_the_subject_is_there_and_short(subject, expected):
    assert checked(FOOTER, subject=subject) == expected


def test_a_missing_preheader_is_a_warning():
    assert checked(FOOTER, preheader=" ") == [("warning", "preheader-missing", None)]


def test_without_a_footer_nothing_is_sent():
    assert checked() == [("error", "footer-missing", None), ("error", "unsubscribe-missing", None)]


def test_an_unsubscribe_link_of_the_authors_own_is_seen():
    link = {"type": "text", "text": "[leave]({{ unsubscribe_url }})"}
    assert checked(link) == [("error", "footer-missing", None)]


def test_without_a_postal_address_nothing_is_sent():
    assert checked({"type": "footer", "id": "foot"}) == [("error", "address-missing", "foot")]


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "image", "src": "https://x.example/i"}, [("warning", "alt-missing")]),
        ({"type": "image", "src": "https://x.example/i", "decorative": True}, []),
        ({"type": "image", "alt": "x"}, [("error", "link-missing")]),
        ({"type": "image", "src": "i.png", "alt": "x"}, [("error", "link-unsafe")]),
        (
            {"type": "image", "src": "https://x.example/i", "alt": "x", "href": "x"},
            [("error", "link-unsafe")],
        ),
        ({"type": "button", "label": "Go"}, [("error", "link-missing")]),
        ({"type": "button", "label": "Go", "href": "javascript:x"}, [("error", "link-unsafe")]),
        ({"type": "button", "label": " ", "href": "https://x.example"}, [("warning", "block-empty")]),
        ({"type": "button", "label": "Go", "href": "{{ view_url }}"}, []),
        ({"type": "text", "text": "[a]()"}, [("error", "link-missing")]),
        ({"type": "text", "text": "[a](b) and [c](data:x)"}, [("error", "link-unsafe")] * 2),
        ({"type": "heading", "text": "[a](www.x.example)"}, [("error", "link-unsafe")]),
        ({"type": "text", "text": "`[a](b)`"}, []),
        ({"type": "text", "text": " \n"}, [("warning", "block-empty")]),
        ({"type": "heading"}, [("warning", "block-empty")]),
        ({"type": "poll"}, [("error", "block-unknown")]),
        ({"type": "list", "items": [" "]}, [("warning", "block-empty")]),
        ({"type": "list", "items": ["[a](b)", "x"]}, [("error", "link-unsafe")]),
        ({"type": "quote", "text": "[a](b)"}, [("error", "link-unsafe")]),
        ({"type": "code"}, [("warning", "block-empty")]),
        ({"type": "social"}, [("warning", "block-empty")]),
        ({"type": "social", "links": [{"network": "x", "href": "x.example"}]}, [("error", "link-unsafe")]),
        ({"type": "html", "html": "<p>x</p>"}, [("hint", "text-form-missing")]),
        ({"type": "html", "html": "<p>x</p>", "text": "x"}, []),
        ({"type": "html", "html": "<script>x</script>"}, [("warning", "block-empty")]),
        ({"type": "html", "html": "<a href='javascript:x'>y</a>", "text": "y"}, [("warning", "link-unsafe")]),
        ({"type": "columns", "cells": [[], []]}, [("warning", "block-empty")]),
        ({"type": "text", "text": "x", "showIf": {"field": "name", "op": "isSet"}}, []),
        (
            {"type": "text", "text": "x", "showIf": {"field": "nope", "op": "isSet"}},
            [("error", "field-unknown")],
        ),
        ({"type": "text", "text": "{{ nmae | x }}"}, [("error", "field-unknown")]),
        ({"type": "text", "text": "{{ name }} {{ name }}"}, [("hint", "fallback-missing")]),
        ({"type": "text", "text": "{{ name | }}"}, []),
        (
            {"type": "button", "label": "Go", "href": "https://x.example/{{ nope }}"},
            [("error", "field-unknown")],
        ),
    ],
)
def test_each_block_is_checked_and_named(block, expected):
    found = checked({"id": "b", **block}, WORDS, FOOTER, known_fields={"name"})
    assert found == [(level, code, "b") for level, code in expected]


def test_what_stands_in_columns_is_checked_like_anything_else():
    inner = {"type": "button", "id": "inner", "label": "Go", "href": "x"}
    text = {"type": "text", "text": "{{ nope | x }}", "id": "words"}
    columns = {"type": "columns", "cells": [[inner], [text]]}
    assert checked(columns, FOOTER, known_fields=()) == [
        ("error", "link-unsafe", "inner"),
        ("error", "field-unknown", "words"),
    ]


def test_fields_are_not_checked_when_they_are_not_known():
    assert checked({"type": "text", "text": "{{ anything | x }}"}, FOOTER) == []


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (79_999, []),
        (80_000, [("warning", "size-large", None)]),
        (102_000, [("error", "size-clipped", None)]),
    ],
)
def test_a_mail_that_gmail_would_clip_is_not_sent(size, expected):
    assert [(f.level, f.code, f.block_id) for f in weight(size)] == expected


def test_the_size_is_that_of_the_html():
    blocks = [{"type": "text", "text": "word " * 3_900} for _ in range(6)]
    assert checked(*blocks, FOOTER) == [("error", "size-clipped", None)]


def test_what_tracking_adds_is_in_the_size():
    links = " ".join(f"[tea](https://a.example/{n})" for n in range(65))
    blocks = [{"type": "text", "text": links} for _ in range(10)]
    tracking = tracking_at("https://letters.example", clicks=True, opens=True)
    assert checked(*blocks, FOOTER) == [("warning", "size-large", None)]
    assert checked(*blocks, FOOTER, tracking=tracking) == [("error", "size-clipped", None)]


@given(documents)
def test_errors_come_first_and_any_document_can_be_checked(document):
    order = [("error", "warning", "hint").index(finding.level) for finding in lint(document, known_fields=())]
    assert order == sorted(order)
    compile_message(document, HEADERS)
