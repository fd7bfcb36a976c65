"""The rules that make a mail better, and the changes they propose."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.blocks import load_document
from render_preview.lint import Finding, Fix, lint

FOOTER = {"type": "footer", "id": "foot", "address": "1 High Street"}
WORDS = {"type": "text", "id": "words", "text": "Hello"}
TODAY = date(2026, 11, 25)


def found(*blocks, subject="News", theme=None, **options) -> list[Finding]:
    raw = {"version": 1, "subject": subject, "preheader": "More", "theme": theme or {}, "blocks": [*blocks]}
    return lint(load_document(raw), **options)


def codes(*blocks, **options) -> list[tuple[str, str, str | None]]:
    return [(finding.level, finding.code, finding.block_id) for finding in found(*blocks, **options)]


def linked(*urls):
    return {"type": "text", "id": "b", "text": " ".join(f"[x]({url})" for url in urls)}


@pytest.mark.parametrize(
    ("text", "calm"),
    [
        ("LAST CHANCE TODAY", "Last chance today"),
        ("{{ name | YOU }}, LAST CHANCE", "{{ name | YOU }}, last chance"),
        ("ÄPFEL FÜR ALLE", "Äpfel für alle"),
        ("NATO", None),
        ("A B C", None),
        ("Last CHANCE TODAY", None),
        ("東京の秋 の便り です", None),
    ],
)
def test_capitals_are_found_and_calmed(text, calm):
    heading = {"type": "heading", "id": "b", "text": text}
    button = {"type": "button", "id": "b", "label": text, "href": "https://x.example"}
    for findings, path in (
        (found(WORDS, FOOTER, subject=text), "subject"),
        (found(WORDS, heading, FOOTER), "text"),
        (found(WORDS, button, FOOTER), "label"),
    ):
        fixes = [finding.fix for finding in findings if finding.code == "all-capitals"]
        assert fixes == ([Fix("Write it in sentence case", (path,), calm)] if calm else [])


def test_an_address_in_a_shouted_heading_keeps_its_case():
    heading = {"type": "heading", "id": "b", "text": "READ IT [NOW](HTTPS://X.EXAMPLE/A)"}
    (finding,) = found(heading, FOOTER)
    assert (finding.code, finding.fix) == ("all-capitals", None)


PICTURE = {"type": "image", "id": "i", "src": "https://x.example/i.png", "alt": "All of it"}
RAW_PICTURE = {
    "type": "html",
    "id": "h",
    "html": '<img src="https://x.example/i.png" alt="All">',
    "text": "x",
}
BUTTON = {"type": "button", "label": "Read", "href": "https://x.example"}


@pytest.mark.parametrize(
    ("blocks", "warned"),
    [
        ([PICTURE], True),
        ([RAW_PICTURE], True),
        ([PICTURE, BUTTON], True),
        ([PICTURE, WORDS], False),
        ([PICTURE, {"type": "list", "items": ["x"]}], False),
        ([PICTURE, {"type": "html", "html": "<p>x</p>", "text": "x"}], False),
        ([{"type": "columns", "cells": [[PICTURE], [WORDS]]}], False),
        ([BUTTON], False),
    ],
)
def test_a_mail_of_pictures_alone_is_a_warning(blocks, warned):
    assert codes(*blocks, FOOTER) == ([("warning", "image-only", None)] if warned else [])


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8000", "127.0.0.1", "10.1.2.3", "192.168.0.4", "169.254.1.1", "[::1]",
     "printer.local", "wiki.internal", "intranet", "LOCALHOST."],
)  # fmt: skip
def test_a_host_that_readers_cannot_reach_stops_the_mail(host):
    assert codes(linked(f"http://{host}/a"), FOOTER) == [("error", "link-private", "b")]
    image = {**PICTURE, "src": f"https://{host}/i.png"}
    assert codes(image, WORDS, FOOTER) == [("error", "link-private", "i")]


@pytest.mark.parametrize("host", ["x.example", "8.8.8.8", "local.example", "[2606:4700::1]"])
def test_a_public_host_is_fine(host):
    assert codes(linked(f"https://{host}/a"), FOOTER) == []


@pytest.mark.parametrize(
    ("campaign", "stale"),
    [
        ("autumn-2026-10", True),
        ("autumn_202610", True),
        ("20261031-news", True),
        ("news-2025", True),
        ("autumn-2026-11", False),
        ("spring-2027-01", False),
        ("2026", False),
        ("winter-2025-2026", False),
        ("order-1202510", False),
        ("autumn", False),
    ],
)
def test_a_campaign_name_with_a_past_month_is_stale(campaign, stale):
    block = linked(f"https://x.example/?utm_campaign={campaign}")
    assert codes(block, FOOTER, today=TODAY) == ([("warning", "utm-stale", "b")] if stale else [])
    assert codes(block, FOOTER) == []


def test_links_of_one_mail_are_counted_under_one_campaign():
    url = "https://x.example/{}?utm_campaign={}&utm_content={}"
    assert codes(linked(url.format(1, "a", 1), url.format(2, "a", 2)), FOOTER) == []
    differing = linked(*(url.format(n, name, n) for n, name in enumerate("abb")))
    assert codes(differing, FOOTER) == [("hint", "utm-differs", "b")]


def test_a_missing_fallback_weighs_as_much_as_contacts_lack_the_field():
    block = {"type": "text", "id": "b", "text": "{{ city }}"}
    assert codes(block, FOOTER, lacking={"city": 0.0}) == []
    assert codes(block, FOOTER, lacking={}) == [("hint", "fallback-missing", "b")]
    (finding,) = found(block, FOOTER, lacking={"city": 0.3})
    assert finding.level == "warning"
    assert finding.message.startswith("30 % of the audience has no city")
    (few,) = found(block, FOOTER, lacking={"city": 0.001})
    assert few.message.startswith("Less than 1 % of")


@pytest.mark.parametrize(
    ("html", "message"),
    [
        (
            "<p style='opacity:.5; max-width:9px'>x</p>",
            "Outlook for Windows does not show opacity, max-width.",
        ),
        ("x<img src=https://x.example/i.svg>", "Gmail does not show svg pictures."),
        ('x<img src="https://x.example/i.WEBP?a">', "Outlook for Windows does not show webp pictures."),
        ("<p style='color:red'>max-width: 3px</p>", None),
        ("x<img src='https://x.example/i.png'>", None),
    ],
)
def test_own_html_is_held_against_what_mail_programs_know(html, message):
    block = {"type": "html", "id": "b", "html": html, "text": "x"}
    assert [f.message for f in found(block, FOOTER)] == ([message] if message else [])


@pytest.mark.parametrize(
    ("theme", "named"),
    [
        ({}, []),
        ({"muted": "#cccccc"}, ["muted"]),
        ({"text": "#ffffff"}, ["text"]),
        ({"accent": "#ffff00", "onAccent": "#000000"}, ["accent"]),
        ({"accent": "#2563eb", "onAccent": "#000000"}, ["onAccent"]),
        ({"card": "#000000"}, ["text", "muted", "accent"]),
    ],
)
def test_colours_that_cannot_be_read_are_named_and_mended(theme, named):
    blocks = (WORDS, {**BUTTON, "id": "b"}, FOOTER)
    findings = [f for f in found(*blocks, theme=theme) if f.code == "contrast-low"]
    assert [f.fix.path for f in findings] == [("theme", name) for name in named]
    for _ in range(3):  # a darker accent may ask for other words on it
        for finding in findings:
            theme = finding.fix.apply({"theme": theme})["theme"]
        findings = [f for f in found(*blocks, theme=theme) if f.code == "contrast-low"]
    assert findings == []


def test_the_ink_of_the_accent_colour_matters_only_where_it_is_used():
    theme = {"onAccent": "#2563eb"}
    assert codes(WORDS, FOOTER, theme=theme) == []
    assert codes({**WORDS, "bg": "accent"}, FOOTER, theme=theme) == [("warning", "contrast-low", None)]
    assert codes(WORDS, {**BUTTON, "kind": "secondary"}, FOOTER, theme=theme) == []


@pytest.mark.parametrize(
    ("block", "mended"),
    [
        ({"type": "button", "label": "Go", "href": "www.x.example/a"}, {"href": "https://www.x.example/a"}),
        ({"type": "image", "alt": "x", "src": "x.example/i"}, {"src": "https://x.example/i"}),
        ({"type": "text", "text": "[a](x.example) b"}, {"text": "[a](https://x.example) b"}),
        ({"type": "list", "items": ["x", "[a](x.example)"]}, {"items": ["x", "[a](https://x.example)"]}),
        (
            {"type": "social", "links": [{"network": "x", "href": "x.example/me"}]},
            {"links": [{"network": "x", "href": "https://x.example/me"}]},
        ),
        ({"type": "image", "src": "https://x.example/i"}, {"decorative": True}),
    ],
)
def test_what_a_fix_proposes_settles_the_finding(block, mended):
    block = {"id": "b", **block}
    (finding,) = found(WORDS, block, FOOTER)
    changed = finding.fix.apply(block)
    assert changed == block | mended
    assert codes(WORDS, changed, FOOTER) == []


@pytest.mark.parametrize("href", ["javascript:x", "a b", "#top", "/path", "data:x.example"])
def test_no_scheme_is_guessed_for_what_is_no_host(href):
    (finding,) = found(WORDS, {"type": "button", "id": "b", "label": "Go", "href": href}, FOOTER)
    assert (finding.code, finding.fix) == ("link-unsafe", None)


@given(st.text(), st.text(), st.text())
def test_no_address_or_words_make_the_check_fail(host, query, words):
    html = {"type": "html", "html": words}
    found(linked(f"https://{host}?utm_campaign={query}"), html, FOOTER, subject=words[:250], today=TODAY)
