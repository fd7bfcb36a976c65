"""Documents and texts that the rendering tests share: one usual, one with tags everywhere, and any at all."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from contract.blocks import Document, load_document
from render_preview.headers import MessageHeaders

HEADERS = MessageHeaders(
    from_address="news@example.com", from_name="Example News", list_id="news.example.com"
)
DATE = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
UNSUBSCRIBE = "https://mail.example.com/u/abc--123"
ENVELOPE = {
    "to": "ann@example.org",
    "message_id": "abc@example.com",
    "date": DATE,
    "unsubscribe_url": UNSUBSCRIBE,
}

USUAL = {
    "version": 1,
    "subject": "Autumn news for {{ first_name | you }}",
    "preheader": "Three things that changed",
    "blocks": [
        {"type": "heading", "id": "head", "text": "Hello {{ first_name | there }}"},
        {
            "type": "text",
            "id": "body",
            "text": "We **moved** to [a new place](https://example.com/?c={{ city }}).\nCome by.\n\n"
            "Bring *{{ friend }}*, `code` and ~~old~~ cards.",
        },
        {"type": "button", "id": "go", "label": "See it", "href": "https://example.com/go/{{ city }}"},
        {"type": "image", "id": "pic", "src": "https://example.com/a.png", "alt": "A {{ city }} street"},
        {"type": "divider", "id": "rule"},
        {"type": "spacer", "id": "gap"},
        {"type": "footer", "id": "foot", "text": "You asked for this.", "address": "1 High Street, Town"},
    ],
}

TAGS_EVERYWHERE = {
    "version": 1,
    "subject": "To {{ a }} now",
    "preheader": "Pre {{ a }} end",
    "blocks": [
        {"type": "heading", "id": "h", "text": "One {{ a }} two", "bg": "tint"},
        {
            "type": "text",
            "id": "t",
            "text": "Text {{ a }}, *em {{ a }}*, `code {{ a }}`, [whole]({{ a }}), "
            "[label {{ a }}](https://example.com/p/{{ a }}?q=1)",
        },
        {"type": "button", "id": "b", "label": "Go {{ a }}", "href": "{{ a }}"},
        {"type": "button", "id": "b2", "label": "Go", "href": "https://example.com/--{{ a }}--"},
        {
            "type": "image",
            "id": "i",
            "src": "https://example.com/{{ a }}.png",
            "alt": "Alt {{ a }}",
            "href": "mailto:{{ a }}",
        },
        {"type": "image", "id": "i2", "src": "{{ a }}", "alt": "x"},
        {"type": "list", "id": "l", "items": ["Point {{ a }}", "[x](https://example.com/l/{{ a }})"]},
        {"type": "quote", "id": "q", "text": "Said {{ a }}", "cite": "By {{ a }}"},
        {"type": "code", "id": "c", "text": "  run {{ a }}\n    --now"},
        {
            "type": "social",
            "id": "s",
            "links": [
                {"network": "github", "href": "https://example.com/s/{{ a }}"},
                {"network": "website", "href": "{{ a }}"},
            ],
        },
        {
            "type": "html",
            "id": "r",
            "html": "<p>Raw {{ a }} <a href='https://example.com/r/{{ a }}'>x</a> <a href='{{ a }}'>y</a>"
            "<img src='https://example.com/{{ a }}.png' alt='Pic {{ a }}'><b title='{{ a }}'>z</b></p>",
        },
        {
            "type": "columns",
            "id": "k",
            "cells": [
                [{"type": "text", "id": "k1", "text": "Left {{ a }}"}],
                [
                    {
                        "type": "button",
                        "id": "k2",
                        "label": "Right {{ a }}",
                        "href": "https://example.com/{{ a }}",
                    }
                ],
            ],
        },
        {
            "type": "footer",
            "id": "f",
            "text": "Foot {{ a }}",
            "address": "Addr {{ a }}",
            "unsubscribe": "Go {{ a }}",
        },
    ],
}


def usual() -> Document:
    return load_document(USUAL)


def tags_everywhere() -> Document:
    return load_document(TAGS_EVERYWHERE)


FRAGMENTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onmouseover="x', "' style='x", "-->",
    "--!>", "<!--", "]]>", "</title>", "</style>", "javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x",
    "vbscript:x", "https://evil.example/", "//evil.example", "\r\nBcc: x@example.com", "\n\n", "\r",
    "\r\n.\r\n", "\x00", "\x1b[31m", "\x85", "\u2028", "\u202e", "\u2066",
    "\ufdd0", "\ufdd1", "\ufdd20\ufdd3", "\ufffe", "\U0001ffff",
    "{{ a }}", "{{ 7*7 }}", "{% for x in y %}", "{{", "}}", "${x}", "%s", "=?utf-8?b?eA==?=", "=3D", "=\r\n",
    "=", ".", "..", "--", "-", "--=_x", "&amp;", "&#x3c;", "[x](javascript:y)", "[x](https://example.com)",
    "**b", "*", "`", "~~", "\\", "[bold]", "[/]", "[@click=app.quit]x[/]", "é", "漢字", "👨‍👩‍👧", "\u0301",
    "שלום", "a" * 90, " ", "\t",
]  # fmt: skip

hostile = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12)), max_size=8).map("".join)
"""Any text, with what has broken mail programs before mixed in."""

tagged = st.lists(
    st.one_of(
        st.sampled_from([*FRAGMENTS, "{{ a }}", "{{ b | c }}", "{{ a.b | }}", "https://x.example/", "word "]),
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12),
    ),
    max_size=8,
).map(lambda parts: "".join(parts).encode("utf-8", "ignore").decode()[:200])

_word = st.text(alphabet="abcXYZ ", max_size=4)
conditions = st.recursive(
    st.fixed_dictionaries(
        {
            "field": st.sampled_from(["a", "b"]),
            "op": st.sampled_from(["eq", "ne", "contains"]),
            "value": _word,
        }
    )
    | st.fixed_dictionaries({"field": st.sampled_from(["a", "b"]), "op": st.just("isSet")}),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=2)}),
        st.fixed_dictionaries({"all": st.lists(inner, max_size=2)}),
    ),
    max_leaves=3,
)
"""Who is shown a block."""

_base = {
    "bg": st.sampled_from([None, "tint", "accent", "muted"]),
    "pad": st.sampled_from(["none", "s", "m", "l"]),
    "showIf": st.none() | conditions,
}
_align = st.sampled_from(["left", "center", "right"])
_markup = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<a href='https://x.example/'>x</a>", '<a href="{{ a }}">y</a>', "<table>",
     "<tr>", "<td>", "</td>", "</table>", "<ul><li>", "</ul>", "<div style='color:red;position:fixed'>",
     "</div>", "<img src='https://x.example/i.png' alt='{{ b | c }}'>", "<h1>", "</h1>", "<br>", "&nbsp;",
     "<pre>", "<center>", "<form><input>", "<svg><a href='javascript:x'>", "<math><mi>", "<style>", "<!--",
     "<template>", "<noscript>"]
)  # fmt: skip
markup = st.lists(st.one_of(_markup, tagged), max_size=10).map("".join)
"""Any HTML somebody might paste."""


def _block(kind: str, /, **fields: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"type": st.just(kind), **_base, **fields})


_links = st.lists(
    st.fixed_dictionaries({"network": st.sampled_from(["github", "x", "website"]), "href": tagged}),
    max_size=3,
)
leaves = st.one_of(
    _block("heading", text=tagged, level=st.sampled_from([1, 2, 3]), align=_align),
    _block("text", text=tagged, align=_align, size=st.sampled_from(["s", "m", "l"])),
    _block(
        "button",
        label=tagged,
        href=tagged,
        kind=st.sampled_from(["primary", "secondary"]),
        align=_align,
        full=st.booleans(),
    ),
    _block(
        "image",
        src=tagged,
        alt=tagged,
        href=tagged,
        decorative=st.booleans(),
        width=st.integers(16, 600),
        align=_align,
    ),
    _block("list", items=st.lists(tagged, max_size=3), ordered=st.booleans()),
    _block("quote", text=tagged, cite=tagged),
    _block("code", text=tagged),
    _block("social", links=_links, align=_align),
    _block("html", html=markup, text=st.just("") | tagged),
    _block("divider", thickness=st.integers(1, 8)),
    _block("spacer", height=st.integers(4, 120)),
)
_cell = st.lists(leaves, max_size=2)
_columns = st.sampled_from(["1:1", "1:2", "2:1", "1:1:1"]).flatmap(
    lambda ratio: _block(
        "columns",
        ratio=st.just(ratio),
        stack=st.booleans(),
        cells=st.tuples(*[_cell] * len(ratio.split(":"))).map(list),
    )
)
_footer = _block(
    "footer",
    text=tagged,
    address=tagged,
    unsubscribe=tagged.filter(bool),
    preferences=st.just("") | tagged,
    view=st.just("") | tagged,
)
blocks = st.one_of(leaves, leaves, _columns, _footer)
_color = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
themes = st.fixed_dictionaries(
    {},
    optional={
        "page": _color,
        "card": _color,
        "text": _color,
        "muted": _color,
        "accent": _color,
        "onAccent": _color,
        "font": st.sampled_from(["sans", "serif", "mono"]),
        "radius": st.integers(0, 24),
        "width": st.integers(320, 680),
    },
)
documents = st.fixed_dictionaries(
    {
        "version": st.just(1),
        "subject": tagged,
        "preheader": tagged,
        "dir": st.sampled_from(["ltr", "rtl"]),
        "theme": themes,
        "blocks": st.lists(blocks, max_size=4),
    }
).map(load_document)
"""Any document that can be sent."""
