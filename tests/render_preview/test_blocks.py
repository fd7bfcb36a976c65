"""What each of the newer blocks becomes in HTML, in plain text, and on the terminal."""

import re

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from contract.blocks import dump_document, load_document
from contract.show_if import ShowIf, holds
from render_preview.parts import render_parts
from render_preview.terminal import DESKTOP, PHONE, render_block
from tests.render_preview.samples import UNSUBSCRIBE, documents, markup
from tests.render_preview.trees import addresses, is_allowed, parse, visible_words


def only(**block):
    return load_document({"version": 1, "subject": "s", "blocks": [{"id": "x", **block}]})


def both(values=None, **block):
    parts = render_parts(only(**block), values or {}, unsubscribe_url=UNSUBSCRIBE)
    return parts.html, parts.text


def terminal(width=DESKTOP, values=None, **block):
    return render_block(only(**block).blocks[0], width, values).plain


class TestList:
    def test_points_in_all_parts(self):
        block = {"type": "list", "items": ["**One** {{ a }}", "[Two](https://x.example)"]}
        html, text = both({"a": "&"}, **block)
        assert "<strong>One</strong> &amp;</li>" in html
        assert text == "- One &\n- Two (https://x.example)"
        assert terminal(**block) == "• One \xa0a\xa0\n• Two"

    def test_numbers_and_a_long_point_keep_their_edge(self):
        block = {"type": "list", "ordered": True, "items": ["word " * 20]}
        html, text = both(**block)
        assert "<ol " in html
        assert all(line.startswith("   w") for line in text.split("\n")[1:])
        assert all(line.startswith("   w") for line in terminal(PHONE, **block).split("\n")[1:])

    def test_an_empty_list_is_nothing_to_a_reader(self):
        html, text = both(type="list")
        assert ("<ul" in html, text) == (False, "")


def test_a_quote_has_a_bar_and_a_name():
    block = {"type": "quote", "text": "Good *tea*.\n\nReally.", "cite": "Ana, {{ a }}"}
    html, text = both({"a": "Lisbon"}, **block)
    assert "border-left:4px" in html
    assert text == "> Good tea.\n>\n> Really.\n>\n> — Ana, Lisbon"
    assert terminal(values={"a": "Lisbon"}, **block).split("\n")[0] == "▌ Good tea."


def test_code_keeps_its_spaces_and_knows_no_markdown():
    block = {"type": "code", "text": "if **x**:\n    go  {{ a }}"}
    html, text = both({"a": "<y>"}, **block)
    assert "if **x**:<br>&nbsp;&nbsp;&nbsp;&nbsp;go&nbsp;&nbsp;&lt;y&gt;" in html
    assert text == "if **x**:\n    go  <y>"
    assert [line.rstrip() for line in terminal(values={"a": "y"}, **block).split("\n")] == [
        " if **x**:",
        "     go  y",
    ]


def test_social_links_are_words():
    links = [
        {"network": "mastodon", "href": "https://m.example/@us"},
        {"network": "github", "href": "javascript:x"},
    ]
    html, text = both(type="social", links=links)
    assert list(addresses(parse(html))) == ["https://m.example/@us"]
    assert visible_words(html) == "Mastodon · GitHub"
    assert text == "Mastodon: https://m.example/@us\nGitHub"


class TestOwnHtml:
    def test_only_what_is_safe_is_left(self):
        source = (
            "<script>steal()</script><style>p{}</style><p style='color:red;position:fixed' onclick='x'>Hi "
            "<a href='javascript:x'>bad</a> <a href='https://x.example/?a=1&b=2'>good</a></p>"
            "<form><input value='y'></form><iframe src='https://x.example'></iframe><!--[if mso]>z-->"
        )
        html, text = both(type="html", html=source)
        assert '<p style="color:red">Hi <a class="l-card" target="_blank" style=' in html
        assert text == "Hi bad good (https://x.example/?a=1&b=2)"
        tags = {element.tag for element in parse(html).find("body").iter() if isinstance(element.tag, str)}
        assert not tags & {"script", "style", "form", "input", "iframe"}

    @pytest.mark.parametrize(
        "style", ["background:url(https://x.example/i)", "color:{{ a }}", "display:none", "color:r\\65 d"]
    )
    def test_a_style_that_fetches_hides_or_changes_is_dropped(self, style):
        html, _ = both({"a": "red;position:fixed"}, type="html", html=f'<p style="{style}">x</p>')
        assert "<p>x</p>" in html

    def test_merge_tags_are_filled_in_where_they_may_stand(self):
        source = '<a href="https://x.example/{{ a }}" title="{{ a }}">{{ a }}</a><a href="{{ a }}">y</a>'
        html, _ = both({"a": 'b"c'}, type="html", html=source)
        assert 'href="https://x.example/b%22c" title="b&quot;c">b&quot;c</a>' in html
        assert 'href="#"' in html

    def test_a_link_without_a_look_has_that_of_the_mail(self):
        html, _ = both(type="html", html="<a href='https://x.example' style='color:red'>x</a>")
        assert 'style="color:red">x</a>' in html
        assert "style" not in html.split('style="color:red"')[0].split("<a ")[-1]
        plain, _ = both(type="html", html="<a href='https://x.example'>x</a>")
        assert '<a class="l-card" target="_blank" style="color:#2563eb;' in plain

    def test_its_text_form_is_the_authors_or_else_its_words(self):
        assert both(type="html", html="<p>x</p>", text="Said **so**")[1] == "Said so"
        source = (
            "<h1>A</h1><ul><li>b<li>c</ul><table><tr><td>d<td>e</table><img src='https://x.example' alt=f>"
        )
        assert both(type="html", html=source)[1] == "A\n- b\n- c\nd e\n[f]"

    def test_the_same_source_gives_the_same_bytes(self):
        source = "<a href='https://x.example' title=a>x</a>" * 5
        assert len({both(type="html", html=source)[0] for _ in range(5)}) == 1

    @pytest.mark.parametrize(
        "code", ["#1", "#x1", "#xfdd4", "#64976", "#XFFFE", "#x110000", "#" + "9" * 5_000]
    )
    def test_a_character_that_may_not_be_sent_cannot_be_spelled_out(self, code):
        html, _ = both(type="html", html=f"<p title='&{code};'>a&{code};0&{code};b</p>")
        assert visible_words(html) == "a\ufffd0\ufffdb"

    @given(markup)
    def test_whatever_is_pasted_the_mail_stays_whole(self, source):
        before = both(type="html", html="x")[0]
        html, _ = both({"a": '"><script>'}, type="html", html=source)
        tree = parse(html)
        assert len(tree.findall(".//div[@role='article']")) == 1
        assert html.endswith(before[-80:])
        assert all(is_allowed(address) for address in addresses(tree))
        assert not tree.findall(".//script")


class TestColumns:
    CELLS = [
        [{"type": "image", "src": "https://x.example/i.png", "alt": "Left"}],
        [{"type": "text", "text": "Right {{ a }}"}],
    ]

    def test_they_stand_beside_each_other_without_any_style_sheet(self):
        html, text = both({"a": "side"}, type="columns", cells=self.CELLS)
        cells = re.findall(r'<div class="col" style="display:inline-block;[^"]*max-width:(\d+)px">', html)
        assert cells == ["288", "288"]
        assert not re.search(r"</div>\s+<", html.split('class="col"')[1])
        assert text == "[Left]\n\nRight side"

    def test_outlook_gets_a_table_of_the_same_widths(self):
        html, _ = both(type="columns", ratio="1:2", cells=self.CELLS)
        ghosts = re.findall(r'<!--\[if mso\]>(?:<table[^>]*>)?(?:<tr>)?<td width="(\d+)" valign="top">', html)
        assert ghosts == re.findall(r'class="col" style="[^"]*max-width:(\d+)px', html) == ["192", "384"]
        opened, closed = (html.count(f"<!--[if mso]>{mark}") for mark in ("<td", "</td><![endif]"))
        assert opened == closed == 2

    def test_a_picture_fills_the_phone_when_columns_are_stacked(self):
        html, _ = both(type="columns", cells=self.CELLS)
        assert 'class="m-card wide"' in html
        assert "@media (max-width:599px){.col,.wide{max-width:100%!important}}" in html
        assert "wide" not in both(type="columns", stack=False, cells=self.CELLS)[0].split("<body")[1]

    def test_unstacked_ones_stay_beside_each_other(self):
        html, _ = both(type="columns", ratio="1:1:1", stack=False, cells=[*self.CELLS, []])
        assert html.count("max-width:33.33%") == 3

    def test_words_on_their_background_can_be_read(self):
        html, _ = both(type="columns", bg="accent", cells=self.CELLS)
        assert 'class="t-accent"' in html
        assert ".t-accent{" in html

    def test_the_terminal_stacks_them_on_a_phone(self):
        wide = terminal(type="columns", cells=self.CELLS)
        narrow = terminal(PHONE, type="columns", cells=self.CELLS)
        assert "Right" in wide.split("\n")[0]
        assert "Right" in narrow.split("\n")[-1]


class TestShownIf:
    PRO = {"field": "plan", "op": "eq", "value": "pro"}

    def test_only_those_it_is_meant_for_get_it(self):
        block = {"type": "text", "text": "For you", "showIf": self.PRO}
        assert both({"plan": "PRO"}, **block)[1] == "For you"
        html, text = both({"plan": "free"}, **block)
        assert (visible_words(html), text) == ("", "")

    def test_columns_with_nothing_left_in_them_go(self):
        inner = {"type": "text", "text": "For you", "showIf": self.PRO}
        assert 'class="col"' not in both({}, type="columns", cells=[[inner], []])[0]
        assert 'class="col"' in both({"plan": "pro"}, type="columns", cells=[[inner], []])[0]

    def test_the_terminal_says_for_whom_and_who_is_left_out(self):
        block = {"type": "text", "text": "For you", "showIf": self.PRO}
        assert terminal(**block) == '◆ only if plan = "pro"\nFor you'
        assert terminal(values={"plan": "pro"}, **block) == '◆ only if plan = "pro"\nFor you'
        assert terminal(values={"plan": "free"}, **block) == '◇ left out here\n◆ only if plan = "pro"'


def _for(raw, values):
    """The blocks of a contact, cut out of the JSON."""
    found = []
    for written in raw:
        node = written.get("showIf")
        if node is not None and not holds(TypeAdapter(ShowIf).validate_python(node), values):
            continue
        block = written | {"showIf": None}
        if block["type"] == "columns":
            cells = [_for(cell, values) for cell in block["cells"]]
            if any(block["cells"]) and not any(cells):
                continue
            block["cells"] = cells
        found.append(block)
    return found


@given(documents)
def test_a_contact_gets_the_mail_that_was_written_without_the_other_blocks(document):
    values = {"a": "x"}
    raw = dump_document(document)
    cut = load_document(raw | {"blocks": _for(raw["blocks"], values)})
    assert render_parts(document, values) == render_parts(cut, values)
