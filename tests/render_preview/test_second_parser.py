"""A mail parsed back by a second parser, which shares no code with Python's `email`, equals its source."""

import fast_mail_parser
from hypothesis import given
from hypothesis import strategies as st

from contract.merge_tags import find_tags
from render_preview.headers import HeaderError
from render_preview.parts import render_parts
from render_preview.wire import compile_message
from tests.render_preview.samples import DATE, ENVELOPE, HEADERS, UNSUBSCRIBE, documents, hostile, usual

EXPECTED = {
    *("From", "To", "Date", "Message-ID", "List-Id", "Precedence", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "Subject", "MIME-Version", "Content-Type"),
}


def body(text: str) -> str:
    """This parser is not exact about the line ends before a boundary; Python's is asked about those."""
    return text.replace("\r\n", "\n").rstrip("\n")


@given(documents, st.dictionaries(st.sampled_from(["a", "b", "a.b"]), hostile))
def test_any_mail_reads_as_it_was_previewed(document, values):
    preview = render_parts(document, values, now=DATE, unsubscribe_url=UNSUBSCRIBE)
    template = compile_message(document, HEADERS)
    try:
        message = template.render(values, **ENVELOPE).message
    except HeaderError:
        assert find_tags(document.subject)
        assert not preview.subject
        return
    found = fast_mail_parser.parse_email(message)
    assert not found.warnings
    assert not found.attachments
    assert set(found.headers) == EXPECTED
    assert all(len(values) == 1 for values in found.headers.values())
    assert found.subject == preview.subject
    assert [body(part) for part in found.text_plain] == [body(preview.text)]
    assert [body(part) for part in found.text_html] == [body(preview.html)]


def test_it_reads_the_envelope_too():
    message = compile_message(usual(), HEADERS).render({"first_name": "Zoë"}, **ENVELOPE).message
    found = fast_mail_parser.parse_email(message)
    assert found.headers["To"] == ["ann@example.org"]
    assert found.headers["Message-ID"] == ["<abc@example.com>"]
    assert found.headers["List-Unsubscribe"] == [f"<{UNSUBSCRIBE}>"]
    assert found.subject == "Autumn news for Zoë"
