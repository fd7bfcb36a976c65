import pytest

from contract.merge_tags import MergeTag
from render_preview.inline import (
    Break,
    Close,
    Open,
    clean,
    is_safe_address,
    parse_inline,
    parse_prose,
    split_tags,
)


def test_a_tag_may_stand_inside_marks_and_addresses():
    run = parse_inline("**{{ a }}** [x](https://e.example/{{ b | c) }}/d)")
    assert run == (
        Open("strong"),
        MergeTag("a"),
        Close("strong"),
        " ",
        Open("link", ("https://e.example/", MergeTag("b", "c)"), "/d")),
        "x",
        Close("link"),
    )


def test_a_fallback_is_never_markdown():
    assert parse_inline("{{ a | *b* }}") == (MergeTag("a", "*b*"),)


def test_each_line_end_is_a_break_and_a_blank_line_a_paragraph():
    assert parse_prose("a\nb\r\n\r\nc\n \n\n") == (("a", Break(), "b"), ("c",))


@pytest.mark.parametrize(
    "text", ["<b>x</b>", "# x", "- x", "> x", "1. x", "![x](y) ".strip()[:1], "&amp;", "---"]
)
def test_everything_else_is_words(text):
    assert parse_inline(text) == (text,)


def test_a_backslash_keeps_a_star_a_star():
    assert parse_inline(r"\*a\*") == ("*a*",)


def test_what_stands_for_a_tag_inside_cannot_be_typed():
    assert split_tags("\ufdd00\ufdd1{{ a }}") == ("0", MergeTag("a"))
    assert parse_inline("\ufdd07\ufdd1") == ("7",)


def test_control_characters_and_lone_surrogates_are_dropped():
    assert clean("a\x00b\x1bc\ud800d\te\rf") == "abcd e\nf"


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("https://e.example", True),
        ("HTTP://e.example/x", True),
        ("mailto:a@e.example", True),
        ("tel:+43", True),
        ("{{ link }}", True),
        ("https://{{ host }}.e.example", True),
        ("", False),
        ("e.example", False),
        ("https://", False),
        ("javascript:x", False),
        ("data:text/html,x", False),
        ("{{ scheme }}://e.example", False),
        ("{{ a }}{{ b }}", False),
        ("java{{ a }}", False),
    ],
)
def test_an_address_is_safe_when_its_scheme_is_known_beforehand(typed, safe):
    assert is_safe_address(split_tags(typed)) is safe


@pytest.mark.parametrize("unit", ["[", "*", "`", "[a](", "{{", "~~a", "<", "\\", "*a _b "])
def test_text_made_to_be_slow_is_parsed_in_time(unit, at_most):
    with at_most(seconds=5):
        parse_prose(unit * (20_000 // len(unit)))
