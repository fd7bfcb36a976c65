"""What tracking does to a mail: the links pass by, a picture is added, and nothing else changes."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from contract.blocks import Document, load_document
from contract.merge_tags import CLICK_TOKEN, OPEN_TOKEN
from render_preview.parts import render_parts
from render_preview.targets import filled_in, links_of, target
from render_preview.tracking import Tracking, link_code, read_link_code
from render_preview.wire import compile_message
from tests.render_preview.samples import DATE, ENVELOPE, HEADERS, documents, hostile, tags_everywhere, usual
from tests.render_preview.test_wire import assert_seven_bit_lines, bodies

CODE = "ewjgfsg5"
TOKENS = {CLICK_TOKEN: "1-2-3-abcdefghabcdefghabcdefgh", OPEN_TOKEN: "1-2-3-hgfedcbahgfedcbahgfedcba"}
SITE = "https://xn--mil-ma.example"
PICTURE = re.compile(r'<img src="[^"]*/o/([^"]*)\.gif" width="1" height="1" alt=""[^>]*>\n')


def tracking(*, clicks: bool = True, opens: bool = True) -> Tracking:
    prefixes = {"clicks": f"{SITE}/t/" if clicks else "", "opens": f"{SITE}/o/" if opens else ""}
    return Tracking(**prefixes, own=f"{SITE}/")


def sent(document: Document, values: dict[str, str], tracked: Tracking | None) -> bytes:
    template = compile_message(document, HEADERS, tracked)
    return template.render(values, own_links=TOKENS, **ENVELOPE).message


def passing(text: str) -> list[str]:
    """Codes of tracked links, in Outlook's comments too."""
    prefix = re.escape(f"{SITE}/t/{TOKENS[CLICK_TOKEN]}-")
    return re.findall(f"{prefix}([a-z2-7]{{8}})", text.replace("&#45;", "-"))


def with_links(*links: str) -> Document:
    text = " ".join(f"[w{number}]({link})" for number, link in enumerate(links))
    return load_document({"version": 1, "subject": "S", "blocks": [{"type": "text", "text": text}]})


def untracked(html: str, document: Document, values: dict[str, str]) -> str:
    """The mail with every tracked link led back to its target, and without the picture."""
    links = links_of(document)

    def back(match: re.Match[str]) -> str:
        number = read_link_code(match[1])
        assert number is not None
        return f'href="{filled_in(links[number], values)}"'

    html = PICTURE.sub("", html).replace("&#45;", "-")
    return re.sub(rf'href="{re.escape(SITE)}/t/[0-9a-z-]+?-([a-z2-7]{{8}})"', back, html)


class TestWhatIsSentIsWhatWasPreviewed:
    @given(documents, st.dictionaries(st.sampled_from(["a", "name", "city"]), st.text("abc/1", max_size=8)))
    def test_with_its_links_led_back_a_tracked_mail_is_the_preview(self, document, values):
        document = document.model_copy(update={"subject": "S"})
        text, html = bodies(sent(document, values, tracking()))
        shown = render_parts(document, values, now=DATE, unsubscribe_url=ENVELOPE["unsubscribe_url"])
        assert len(PICTURE.findall(html)) == 1
        plain = shown.html.replace("&#45;", "-")
        assert unescape(untracked(html, document, values)).strip() == unescape(plain).strip()
        assert text.strip() == shown.text.strip()

    def test_without_tracking_not_a_byte_changes(self):
        values = {"a": "x", "first_name": "Ann", "city": "Ulm"}
        for document in (usual(), tags_everywhere()):
            off = tracking(clicks=False, opens=False)
            assert sent(document, values, off) == sent(document, values, None)
            assert SITE.encode() not in sent(document, values, off)

    def test_each_switch_does_one_thing(self):
        _, clicks = bodies(sent(usual(), {}, tracking(opens=False)))
        _, opens = bodies(sent(usual(), {}, tracking(clicks=False)))
        assert (len(passing(clicks)), PICTURE.findall(clicks)) == (3, [])
        assert (passing(opens), PICTURE.findall(opens)) == ([], [TOKENS[OPEN_TOKEN]])


class TestLinks:
    def test_links_of_every_block_pass_by_and_the_text_keeps_its_addresses(self):
        to = "https://e.example/"
        blocks = [
            {"type": "text", "text": f"[a]({to}a) and <{to}b>"},
            {"type": "button", "label": "B", "href": f"{to}c"},
            {"type": "image", "src": f"{to}p.png", "alt": "P", "href": f"{to}d"},
            {"type": "social", "links": [{"network": "mastodon", "href": f"{to}e"}]},
            {"type": "html", "html": f'<a href="{to}f">F</a><img src="{to}q.png" alt="Q">'},
            {"type": "list", "items": [f"[g]({to}g)"]},
            {"type": "columns", "ratio": "1:1", "cells": [[{"type": "text", "text": f"[h]({to}h)"}], []]},
        ]
        document = load_document({"version": 1, "subject": "S", "blocks": blocks})
        text, html = bodies(sent(document, {}, tracking()))
        links = links_of(document)
        led = {target(links[read_link_code(code)], {}) for code in passing(html)}
        assert led == {f"{to}{letter}" for letter in "abcdefgh"}
        assert len(passing(html)) == 9, "Outlook's shape of the button has its link a second time"
        assert set(re.findall(rf'"({to}[^"]*)"', html)) == {f"{to}p.png", f"{to}q.png"}
        assert SITE not in text
        assert f"{to}c" in text

    def test_mail_telephone_pages_of_ours_and_tags_alone_stay(self):
        kept = ["mailto:a@e.example", "tel:+49", f"{SITE}/v/x", "{{ site }}", "{{ unsubscribe_url }}",
                "https://e.example/?u={{ unsubscribe_url }}"]  # fmt: skip
        _, html = bodies(
            sent(with_links(*kept, "https:///nowhere"), {"site": "mailto:b@e.example"}, tracking())
        )
        assert passing(html) == []
        assert 'href="mailto:b@e.example"' in html

    def test_a_name_that_no_person_can_write_stands_for_the_token(self):
        document = with_links("https://e.example", "{{ /t }}")
        _, html = bodies(sent(document, {"/t": "stolen"}, tracking()))
        assert html.count(TOKENS[CLICK_TOKEN]) == 1
        assert "{{ /t }}" in html
        assert "stolen" not in html

    def test_a_links_number_is_made_of_its_address_alone(self):
        """Old mails must find their targets: changing this changes what their links mean."""
        assert {link_code(number) for number in links_of(with_links("https://e.example/{{ city }}/ü"))} == {
            CODE
        }
        one = links_of(with_links("https://a.example", "https://b.example"))
        other = links_of(with_links("https://b.example", "https://c.example", "https://a.example"))
        assert set(one) < set(other)

    def test_a_block_that_only_some_are_shown_has_the_same_numbers_for_them(self):
        condition = {"field": "plan", "op": "eq", "value": "pro"}
        blocks = [
            {"type": "text", "text": "[a](https://a.example)", "showIf": condition},
            {"type": "text", "text": "[b](https://b.example)"},
        ]
        document = load_document({"version": 1, "subject": "S", "blocks": blocks})
        template = compile_message(document, HEADERS, tracking())
        found = []
        for values in ({"plan": "pro"}, {}):
            _, html = bodies(template.render(values, own_links=TOKENS, **ENVELOPE).message)
            found.append(passing(html))
        assert found[0][1:] == found[1]
        assert {read_link_code(code) for code in found[0]} == set(links_of(document))

    def test_codes_are_read_back_and_nothing_else_is(self):
        for number in (0, 1, 2**40 - 1):
            assert read_link_code(link_code(number)) == number
        for bad in ("", "abc", "abcdefg1", "ABCDEFGH", "abcdefghi", "abcdefg\n"):
            assert read_link_code(bad) is None

    def test_lines_stay_short_and_no_line_begins_with_a_dot(self):
        values = {"a": "." * 80, "first_name": ".", "city": "-"}
        for document in (usual(), tags_everywhere()):
            message = sent(document, values, tracking())
            assert_seven_bit_lines(message)
            assert max(map(len, message.split(b"\r\n"))) <= 78


class TestTarget:
    def address(self, link: str):
        (found,) = links_of(with_links(link)).values()
        return found

    @given(hostile)
    def test_no_value_leads_away_from_the_authors_place(self, value):
        found = target(self.address("https://e.example/p/{{ a }}?q={{ a }}"), {"a": value})
        assert found is not None
        assert found.startswith("https://e.example/p/")
        assert found.isascii()
        assert not re.search(r'[\s<>"]', found)

    def test_values_are_filled_in_and_what_is_missing_takes_its_fallback(self):
        address = self.address("https://e.example/{{ city | town }}/ü?a=1&b={{ name }}")
        assert target(address, {"name": "A & B"}) == "https://e.example/town/%C3%BC?a=1&b=A%20%26%20B"

    def test_a_place_that_a_value_does_not_make_is_no_target(self):
        assert target(self.address("https://{{ shop }}/x"), {}) is None
        assert target(self.address("https://{{ shop }}/x"), {"shop": "a.example"}) == "https://a.example/x"

    def test_a_domain_in_another_script_is_written_in_ascii(self):
        assert target(self.address("https://bücher.example/ä"), {}) == "https://xn--bcher-kva.example/%C3%A4"
