import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.blocks import dump_document, load_document
from contract.merge_tags import MergeTag
from render_preview.own_pages import without_own_pages
from render_preview.parts import fields_used, preview_parts, render_parts
from tests.render_preview.samples import UNSUBSCRIBE, USUAL, documents, usual
from tests.render_preview.trees import addresses, parse, visible_words

VALUES = {"first_name": "Zoë", "city": "Köln", "friend": "Bo & Co"}


def only(**block):
    return load_document({"version": 1, "subject": "s", "blocks": [{"id": "x", **block}]})


def html_of(document, values=None):
    return render_parts(document, values or {}, unsubscribe_url=UNSUBSCRIBE).html


def text_of(document, values=None):
    return render_parts(document, values or {}, unsubscribe_url=UNSUBSCRIBE).text


def test_the_text_part_reads_like_a_letter():
    assert text_of(usual(), VALUES) == (
        "Hello Zoë\n=========\n\n"
        "We moved to a new place (https://example.com/?c=K%C3%B6ln).\nCome by.\n\n"
        "Bring Bo & Co, code and ~old~ cards.\n\n"
        "See it:\nhttps://example.com/go/K%C3%B6ln\n\n"
        "[A Köln street]\n\n" + "-" * 72 + "\n\n"
        "You asked for this.\n\n1 High Street, Town\n\n"
        f"Unsubscribe: {UNSUBSCRIBE}"
    )


LINKED = {
    "type": "footer",
    "address": "1 High Street",
    "preferences": "What {{ a }} gets",
    "view": "As a page",
}


def test_a_footer_leads_to_preferences_and_to_the_mail_in_a_browser():
    document = load_document({"version": 1, "blocks": [LINKED]})
    parts = preview_parts(document, {"a": "Zoë"})
    assert parts.text.endswith(
        "Unsubscribe: https://example.com/unsubscribe\n"
        "What Zoë gets: https://example.com/preferences\n"
        "As a page: https://example.com/view"
    )
    links = re.findall('<a [^>]*href="([^"]*)"[^>]*>([^<]*)</a>', parts.html)
    assert links == [
        ("https://example.com/unsubscribe", "Unsubscribe"),
        ("https://example.com/preferences", "What Zoë gets"),
        ("https://example.com/view", "As a page"),
    ]
    assert parts.missing == ()


def test_without_pages_of_its_own_a_mail_has_no_such_links():
    document = without_own_pages(load_document({"version": 1, "blocks": [LINKED]}))
    parts = preview_parts(document, {})
    assert "Unsubscribe" in parts.html
    assert parts.text.endswith("Unsubscribe: https://example.com/unsubscribe")
    assert "As a page" not in parts.html + parts.text


def _bare(text: str) -> list[str]:
    without = re.sub(r"\(?(?:https?|mailto|tel):[^\s)]*\)?", " ", text)
    return re.findall(r"\w+", without)


def test_text_and_html_say_the_same_words():
    parts = render_parts(usual(), VALUES, unsubscribe_url=UNSUBSCRIBE)
    assert _bare(visible_words(parts.html)) == _bare(parts.text)


_word = st.from_regex(r"[a-zà-ÿ]{1,9}", fullmatch=True)
_words = st.lists(_word, min_size=1, max_size=30).map(" ".join)
_label = st.lists(_word, min_size=1, max_size=20).map(" ".join)  # 199 characters; a label has 200


@given(_words, _label, _words)
def test_any_words_reach_both_parts_in_the_same_order(one, two, three):
    document = load_document(
        {
            "version": 1,
            "blocks": [
                {"type": "heading", "text": f"{one} *{two}*"},
                {
                    "type": "text",
                    "text": f"{two}\n{three}\n\n**{one}** [{three}](https://e.example) ~~{two}~~",
                },
                {"type": "button", "label": one, "href": "https://e.example/x"},
                {"type": "image", "src": "https://e.example/i.png", "alt": two},
                {"type": "footer", "text": three, "address": one, "unsubscribe": two},
            ],
        }
    )
    parts = render_parts(document, {}, unsubscribe_url=UNSUBSCRIBE)
    assert _bare(visible_words(parts.html)) == _bare(parts.text)


def test_marks_become_elements():
    html = html_of(only(type="text", text="**a** *b* `c` ~~d~~ [e](https://e.example)\nf"))
    for element in ("<strong>a</strong>", "<em>b</em>", ">c</code>", "<s>d</s>", ">e</a><br>f"):
        assert element in html


@pytest.mark.parametrize("typed", ["<b>x</b>", "&amp;", "{{ 7*7 }}", "{% if x %}", "{# x #}", "<!-- x -->"])
def test_typed_markup_is_shown_as_it_was_typed(typed):
    document = only(type="text", text=typed)
    assert typed in visible_words(html_of(document))
    assert text_of(document) == typed


def test_a_link_to_an_unsafe_address_is_only_its_words():
    document = only(type="text", text="[press](javascript:alert(1)) now")
    assert "press now" in visible_words(html_of(document))
    assert list(addresses(parse(html_of(document)))) == []
    assert text_of(document) == "press now"


def test_a_button_without_a_safe_address_is_not_a_link():
    html = html_of(only(type="button", label="Go", href="ftp://e.example"))
    assert list(addresses(parse(html))) == []
    assert "Go" in visible_words(html)


def test_outlook_gets_a_drawn_button_with_the_same_address():
    html = html_of(only(type="button", label="Go", href="https://e.example/a--b?x=1&y={{ n }}"), {"n": "-->"})
    drawn = re.search(r'<!--\[if mso\]><v:roundrect href="([^"]+)"', html)[1]
    assert drawn.replace("&#45;", "-") == "https://e.example/a--b?x=1&amp;y=--%3E"
    assert html.count("<v:roundrect") == html.count("</v:roundrect>") == 1


def test_the_fallback_stands_in_for_an_empty_value_and_nothing_is_missing():
    document = only(type="text", text="Hi {{ name | you & me }}, {{ other | }}.")
    parts = render_parts(document, {"name": " \x00 "})
    assert parts.text == "Hi you & me, ."
    assert "you &amp; me" in parts.html
    assert parts.missing == ()


def test_a_missing_field_is_empty_and_named_once():
    parts = render_parts(only(type="text", text="{{ a }}-{{ a }}-{{ b.c }}"), {})
    assert parts.text == "--"
    assert parts.missing == ("a", "b.c")


def test_the_preheader_is_in_the_html_but_not_shown():
    html = html_of(usual())
    assert "Three things that changed" in html
    assert "Three things" not in visible_words(html)


def test_a_decorative_image_has_an_empty_alt():
    document = only(type="image", src="https://e.example/i.png", alt="words", decorative=True)
    assert 'alt=""' in html_of(document)
    assert text_of(document) == ""


def test_an_image_is_never_wider_than_its_room():
    document = load_document(
        {
            "version": 1,
            "theme": {"width": 400},
            "blocks": [{"type": "image", "src": "https://e.example/i", "width": 600}],
        }
    )
    assert 'width="352"' in html_of(document)


def test_an_unknown_block_is_shown_as_a_placeholder_in_previews():
    document = only(type="poll", question="<b>which?</b>")
    assert "the type poll" in visible_words(html_of(document))
    assert "which" not in html_of(document)
    assert "the type poll" in text_of(document)


def test_an_unknown_type_is_words_in_the_placeholder():
    assert "<b>x</b>" in visible_words(html_of(only(type="<b>x</b>")))


def test_dark_mode_has_a_rule_for_each_colour_in_use():
    html = html_of(only(type="text", text="x", bg="tint"))
    assert "prefers-color-scheme:dark" in html
    assert ".b-tint{" in html
    assert ".b-muted{" not in html


def test_a_right_to_left_mail_begins_on_the_right():
    document = load_document({"version": 1, "dir": "rtl", "blocks": [{"type": "text", "text": "שלום"}]})
    html = html_of(document)
    assert 'dir="rtl"' in html
    assert 'align="right"' in html


def test_fields_used_names_each_tag_once_with_its_fallback():
    assert fields_used(usual()) == (
        MergeTag("first_name", "you"),
        MergeTag("first_name", "there"),
        MergeTag("city"),
        MergeTag("friend"),
    )


@given(documents)
def test_every_tag_that_is_asked_for_is_among_the_fields_used(document):
    asked = set(preview_parts(document, {}).missing)
    assert asked <= {tag.field for tag in fields_used(document)}


@given(documents)
def test_rendering_leaves_the_document_as_it_was(document):
    before = dump_document(document)
    render_parts(document, {"a": "x"})
    assert dump_document(document) == before


def test_the_usual_document_is_small():
    assert len(html_of(load_document(USUAL), VALUES).encode()) < 10_000
