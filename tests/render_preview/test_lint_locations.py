"""Which field a finding is about, so that whoever goes there can begin to type."""

from datetime import date

import pytest

from contract.blocks import load_document
from render_preview.lint import Location, lint

FOOTER = {"type": "footer", "id": "foot", "address": "1 High Street"}
WORDS = {"type": "text", "id": "words", "text": "Hello"}
TODAY = date(2026, 11, 25)


def locations(*blocks, subject="News", preheader="More", theme=None, **options):
    raw = {"version": 1, "subject": subject, "preheader": preheader, "theme": theme or {}}
    return [finding.location for finding in lint(load_document(raw | {"blocks": [*blocks]}), **options)]


@pytest.mark.parametrize(
    ("block", "path"),
    [
        ({"type": "heading", "text": "LAST CHANCE TODAY"}, ("text",)),
        ({"type": "heading", "text": "[a](b)"}, ("text",)),
        ({"type": "button", "label": "Go"}, ("href",)),
        ({"type": "button", "label": "Go", "href": "www.x.example"}, ("href",)),
        ({"type": "button", "label": "Go", "href": "https://localhost/"}, ("href",)),
        ({"type": "button", "label": "Go", "href": "https://x.example/?utm_term=2020-01"}, ("href",)),
        ({"type": "button", "label": "Go", "href": "https://x.example/{{ nope | x }}"}, ("href",)),
        ({"type": "button", "label": " ", "href": "https://x.example"}, ("label",)),
        ({"type": "image", "alt": "x"}, ("src",)),
        ({"type": "image", "src": "https://x.example/i"}, ("alt",)),
        ({"type": "image", "src": "https://x.example/i", "alt": "x", "href": "x"}, ("href",)),
        ({"type": "list"}, ("items",)),
        ({"type": "list", "items": ["x", "[a](b)"]}, ("items", 1)),
        ({"type": "list", "items": ["x", "{{ nope | x }}"]}, ("items", 1)),
        ({"type": "quote", "text": "x", "cite": "{{ nope | x }}"}, ("cite",)),
        ({"type": "quote", "text": "x", "cite": "[a](http://10.0.0.1)"}, ("cite",)),
        ({"type": "code"}, ("text",)),
        ({"type": "social"}, ("links",)),
        (
            {
                "type": "social",
                "links": [{"network": "x", "href": f"{a}x.example"} for a in ("https://", "")],
            },
            ("links", 1, "href"),
        ),
        ({"type": "html", "html": "<p>x</p>"}, ("text",)),
        ({"type": "html", "html": "<p style='opacity: 0.5'>x</p>", "text": "x"}, ("html",)),
        ({"type": "html", "html": "<a href='http://localhost'>x</a>", "text": "x"}, ("html",)),
        ({"type": "text", "text": "x", "showIf": {"field": "nope", "op": "isSet"}}, ("showIf",)),
        ({"type": "columns", "cells": [[], []]}, ()),
    ],
)
def test_a_finding_names_the_field_of_its_block(block, path):
    assert locations({"id": "b", **block}, WORDS, FOOTER, known_fields=(), today=TODAY) == [
        Location("b", path)
    ]


def test_a_missing_postal_address_is_one_of_the_footer():
    assert locations(WORDS, {"type": "footer", "id": "foot"}) == [Location("foot", ("address",))]


def test_subject_and_preheader_are_told_apart():
    assert locations(WORDS, FOOTER, subject="") == [Location(None, ("subject",))]
    assert locations(WORDS, FOOTER, subject="x" * 49) == [Location(None, ("subject",))]
    assert locations(WORDS, FOOTER, preheader=" ") == [Location(None, ("preheader",))]
    assert locations(WORDS, FOOTER, preheader="{{ nope | x }}", known_fields=()) == [
        Location(None, ("preheader",))
    ]


def test_what_is_about_the_mail_as_a_whole_names_no_field():
    assert locations(WORDS) == [Location(), Location()]
    assert locations(WORDS, FOOTER, theme={"muted": "#ffffff"}) == [Location(None, ("theme", "muted"))]


def test_a_field_that_is_asked_for_twice_is_found_once_at_the_first_place():
    button = {
        "type": "button",
        "id": "b",
        "label": "{{ nope | x }}",
        "href": "https://x.example/{{ nope | x }}",
    }
    assert locations(button, FOOTER, known_fields=()) == [Location("b", ("label",))]
