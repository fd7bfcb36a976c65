import email
import email.policy
import re
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.blocks import load_document
from contract.merge_tags import find_tags
from render_preview.headers import HeaderError, MessageHeaders
from render_preview.parts import render_parts
from render_preview.wire import UnknownBlockError, compile_message
from tests.render_preview.samples import (
    DATE,
    ENVELOPE,
    HEADERS,
    UNSUBSCRIBE,
    documents,
    hostile,
    tags_everywhere,
    usual,
)


def parsed(message: bytes) -> EmailMessage:
    return email.message_from_bytes(message, _class=EmailMessage, policy=email.policy.default)


def bodies(message: bytes) -> tuple[str, str]:
    text, html = parsed(message).iter_parts()
    return tuple(part.get_content().replace("\r\n", "\n") for part in (text, html))


def subject_of(message: bytes) -> str:
    return str(parsed(message)["Subject"])


def assert_seven_bit_lines(message: bytes) -> None:
    assert message.isascii()
    assert message.endswith(b"\r\n")
    lines = message.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or b"\x00" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert not any(line.startswith(b".") for line in lines)


def test_a_mail_has_the_parts_and_headers_a_receiver_asks_for():
    rendered = compile_message(usual(), HEADERS).render({"first_name": "Zoë", "city": "Köln"}, **ENVELOPE)
    mail = parsed(rendered.message)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["From"].addresses[0].addr_spec == "news@example.com"
    assert mail["From"].addresses[0].display_name == "Example News"
    assert mail["To"].addresses[0].addr_spec == "ann@example.org"
    assert mail["Subject"] == "Autumn news for Zoë"
    assert mail["Date"].datetime == DATE
    assert mail["Message-ID"] == "<abc@example.com>"
    assert mail["List-Unsubscribe"] == f"<{UNSUBSCRIBE}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"] == "<news.example.com>"
    assert mail["Precedence"] == "bulk"
    assert not mail.defects
    assert rendered.missing == ("friend",)


def test_without_an_unsubscribe_url_the_headers_are_absent_and_it_is_missing():
    envelope = {**ENVELOPE, "unsubscribe_url": ""}
    rendered = compile_message(usual(), HEADERS).render({"friend": "x", "city": "y"}, **envelope)
    assert "List-Unsubscribe" not in parsed(rendered.message)
    assert rendered.missing == ("unsubscribe_url",)


@given(documents, st.dictionaries(st.sampled_from(["a", "b", "a.b"]), hostile))
def test_what_is_previewed_is_what_is_sent(document, values):
    preview = render_parts(document, values, now=DATE, unsubscribe_url=UNSUBSCRIBE)
    template = compile_message(document, HEADERS)
    if find_tags(document.subject) and not preview.subject:
        with pytest.raises(HeaderError, match="Subject"):
            template.render(values, **ENVELOPE)
        return
    rendered = template.render(values, **ENVELOPE)
    assert_seven_bit_lines(rendered.message)
    assert not parsed(rendered.message).defects
    assert bodies(rendered.message) == (preview.text, preview.html)
    assert subject_of(rendered.message) == preview.subject
    assert rendered.missing == preview.missing


@given(hostile, hostile)
def test_no_value_adds_or_changes_a_header(value, name):
    headers = MessageHeaders(
        from_address="news@example.com", from_name=name, list_id="l.example", list_name=name
    )
    calm = MessageHeaders(from_address="news@example.com", from_name="x", list_id="l.example", list_name="x")
    message = compile_message(tags_everywhere(), headers).render({"a": value}, **ENVELOPE).message
    expected = compile_message(tags_everywhere(), calm).render({"a": "x"}, **ENVELOPE).message
    assert_seven_bit_lines(message)
    assert parsed(message).keys() == parsed(expected).keys()
    for header in ("To", "Date", "Message-ID", "List-Unsubscribe"):
        assert parsed(message)[header] == parsed(expected)[header]
    assert parsed(message)["From"].addresses[0].addr_spec == "news@example.com"
    assert [part.get_content_type() for part in parsed(message).iter_parts()] == ["text/plain", "text/html"]


@given(hostile)
def test_a_subject_survives_its_encoding(value):
    document = load_document({"version": 1, "subject": "News for {{ a | you }} today", "blocks": []})
    message = compile_message(document, HEADERS).render({"a": value}, **ENVELOPE).message
    assert subject_of(message) == render_parts(document, {"a": value}).subject
    header = message.split(b"\r\n\r\n")[0]
    assert max(map(len, header.split(b"\r\n"))) <= 78


def test_a_value_that_looks_like_a_tag_stays_as_it_is():
    document = load_document(
        {"version": 1, "subject": "{{ a }}", "blocks": [{"type": "text", "text": "{{ a }} and {{ b }}"}]}
    )
    rendered = compile_message(document, HEADERS).render({"a": "{{ b }}", "b": "{{ a | x }}"}, **ENVELOPE)
    text, html = bodies(rendered.message)
    assert subject_of(rendered.message) == "{{ b }}"
    assert text == "{{ b }} and {{ a | x }}"
    assert "{{ b }} and {{ a | x }}" in html


def test_one_template_serves_many_without_a_trace_of_the_one_before():
    template = compile_message(usual(), HEADERS)
    first = template.render({"first_name": "Ann", "city": "Rome", "friend": "Bo"}, **ENVELOPE).message
    template.render(
        {"first_name": "Secret"}, **{**ENVELOPE, "to": "other@example.org", "unsubscribe_url": ""}
    )
    assert template.render({"first_name": "Ann", "city": "Rome", "friend": "Bo"}, **ENVELOPE).message == first


def test_contact_fields_cannot_take_the_place_of_reserved_names():
    document = load_document(
        {
            "version": 1,
            "subject": "x",
            "blocks": [{"type": "footer", "id": "f"}, {"type": "text", "text": "{{ view_url }}"}],
        }
    )
    values = {"unsubscribe_url": "https://evil.example/", "view_url": "https://evil.example/"}
    rendered = compile_message(document, HEADERS).render(values, **ENVELOPE)
    assert b"evil" not in rendered.message
    assert rendered.missing == ("view_url",)
    assert "evil" not in render_parts(document, values, unsubscribe_url=UNSUBSCRIBE).html


class TestShownIf:
    @staticmethod
    def _template(count):
        conditions = [{"field": f"f{n}", "op": "isSet"} for n in range(count)]
        blocks = [
            {"type": "text", "id": f"b{n}", "text": f"Part {n}.", "showIf": c}
            for n, c in enumerate(conditions)
        ]
        return compile_message(load_document({"version": 1, "subject": "s", "blocks": blocks}), HEADERS)

    def test_each_gets_the_blocks_that_are_meant_for_them_whatever_the_one_before_got(self):
        template = self._template(2)
        wanted = {(): "", ("f0",): "Part 0.", ("f1",): "Part 1.", ("f0", "f1"): "Part 0.\n\nPart 1."}
        for fields, text in [*wanted.items(), *reversed(wanted.items())]:
            message = template.render(dict.fromkeys(fields, "x"), **ENVELOPE).message
            assert bodies(message)[0] == text

    def test_more_variants_than_are_kept_are_still_right(self):
        template = self._template(9)
        for number in [*range(300), 3, 299]:
            fields = [f"f{n}" for n in range(9) if number >> n & 1]
            text = bodies(template.render(dict.fromkeys(fields, "x"), **ENVELOPE).message)[0]
            assert text == "\n\n".join(f"Part {field[1:]}." for field in fields)

    def test_a_relative_date_is_counted_from_the_mails_own_date(self):
        block = {"type": "text", "text": "New!", "showIf": {"field": "since", "op": "within", "value": "7d"}}
        template = compile_message(load_document({"version": 1, "blocks": [block]}), HEADERS)
        for since, text in (("2026-11-20", "New!"), ("2026-11-01", "")):
            assert bodies(template.render({"since": since}, **ENVELOPE).message)[0] == text


def test_the_same_document_gives_the_same_bytes():
    one, other = (compile_message(usual(), HEADERS).render({"city": "x"}, **ENVELOPE) for _ in range(2))
    assert one == other


def test_a_document_with_an_unknown_block_is_never_compiled_for_sending():
    document = load_document({"version": 1, "blocks": [{"type": "poll", "id": "p", "question": "?"}]})
    with pytest.raises(UnknownBlockError, match="poll"):
        compile_message(document, HEADERS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "a@b.example\r\nBcc: c@d.example"},
        {"to": "a b@c.example"},
        {"to": "<a@c.example>"},
        {"to": "jürgen@c.example"},
        {"to": "nobody"},
        {"message_id": "a@b>\r\nX: y"},
        {"message_id": "no-at-sign"},
        {"unsubscribe_url": "https://e.example/\r\nX: y"},
        {"unsubscribe_url": "https://e.example/>, <mailto:x"},
        {"unsubscribe_url": "javascript:x"},
        {"unsubscribe_url": "https://e.example/" + "x" * 950},
        {"date": DATE.replace(tzinfo=None)},
    ],
)
def test_what_may_not_stand_in_a_header_is_refused(wrong):
    template = compile_message(usual(), HEADERS)
    with pytest.raises(HeaderError):
        template.render({}, **{**ENVELOPE, **wrong})


def test_a_domain_in_another_script_is_mailed_in_its_ascii_form():
    message = compile_message(usual(), HEADERS).render({}, **{**ENVELOPE, "to": "ann@bücher.example"}).message
    assert b"\r\nTo: ann@xn--bcher-kva.example\r\n" in message


@pytest.mark.parametrize(
    "wrong",
    [{"from_address": "x\r\nY: z"}, {"reply_to": "nobody"}, {"list_id": "a>\r\nX: y"}, {"list_id": "a b"}],
)
def test_a_sender_that_may_not_stand_in_a_header_is_refused(wrong):
    with pytest.raises(HeaderError):
        compile_message(usual(), MessageHeaders(**{"from_address": "n@example.com", **wrong}))


def test_all_optional_headers_arrive():
    headers = MessageHeaders(
        from_address="n@example.com",
        from_name='Zoë "Z" Ünal',
        reply_to="help@example.com",
        list_id="l.example.com",
        list_name="Letters, weekly",
        feedback_id="c1:org2:handbill",
        precedence="",
        auto_submitted=True,
    )
    mail = parsed(compile_message(usual(), headers).render({}, **ENVELOPE).message)
    assert mail["From"].addresses[0].display_name == 'Zoë "Z" Ünal'
    assert mail["Reply-To"].addresses[0].addr_spec == "help@example.com"
    assert mail["List-Id"] == '"Letters, weekly" <l.example.com>'
    assert mail["Feedback-ID"] == "c1:org2:handbill"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "Precedence" not in mail


def test_a_boundary_cannot_occur_in_a_body():
    values = {"a": "--=_" + "0" * 24}
    message = compile_message(tags_everywhere(), HEADERS).render(values, **ENVELOPE).message
    boundary = re.search(rb'boundary="([^"]+)"', message)[1]
    body = message.partition(b"\r\n\r\n")[2]
    assert body.count(boundary) == body.count(b"=_") == 3


@pytest.mark.parametrize(
    ("unit", "times"),
    [("=?utf-8?b?eA==?=", 1), ("=?utf-8?q?x?= y", 1), ("x", 900), ("é", 900), ("word ", 300)],
)
def test_what_looks_encoded_or_is_very_long_arrives_as_it_was(unit, times):
    value = unit * times
    document = load_document({"version": 1, "subject": "News {{ a }}", "blocks": []})
    headers = MessageHeaders(from_address="news@example.com", from_name=value[:100])
    message = compile_message(document, headers).render({"a": value}, **ENVELOPE).message
    assert subject_of(message) == f"News {value.strip()}"
    assert_seven_bit_lines(message)
    # The modern parser keeps the space between two encoded words of a name; RFC 2047 drops it.
    sender = email.message_from_bytes(message)["From"]
    assert str(make_header(decode_header(sender))) == f"{value[:100].strip()} <news@example.com>"


@pytest.mark.parametrize(
    "value",
    [
        *(
            "7",
            "9" * 75,
            "9" * 76,
            "a" * 200,
            "https:///x",
            "https://.x",
            "https://a.example/--x--",
            "http://a",
        ),
        *(
            "https://a.example/" + "b" * 57,
            "https://a.example/" + "b" * 58,
            "https://a.example/?a=b",
            "²",
            "٣",
        ),
    ],
)
def test_what_needs_no_spelling_is_sent_as_it_is_previewed(value):
    message = compile_message(tags_everywhere(), HEADERS).render({"a": value}, **ENVELOPE).message
    preview = render_parts(tags_everywhere(), {"a": value}, unsubscribe_url=UNSUBSCRIBE)
    assert_seven_bit_lines(message)
    assert bodies(message) == (preview.text, preview.html)
    for text in ("{{ a }}", "[x]({{ a }})", "[x](https://a.example/{{ a }})"):
        alone = load_document({"version": 1, "subject": "s", "blocks": [{"type": "text", "text": text}]})
        sent = bodies(compile_message(alone, HEADERS).render({"a": value}, **ENVELOPE).message)
        shown = render_parts(alone, {"a": value})
        assert sent == (shown.text, shown.html)


def test_a_missing_value_leaves_no_gap_in_the_subject():
    document = load_document({"version": 1, "subject": "{{ a }} News {{ b }} today {{ c }}", "blocks": []})
    assert subject_of(compile_message(document, HEADERS).render({}, **ENVELOPE).message) == "News today"
    assert render_parts(document, {"b": "for  you"}).subject == "News for you today"
