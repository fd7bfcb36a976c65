"""Thousands of hostile values, each in every kind of place: HTML, addresses, the text and the header.

`make test` tries a thousand of them, `make nightly` ten thousand (`HANDBILL_SEEDS` of 100 and more).
"""

import os
import random
from urllib.parse import urlsplit

import fast_mail_parser
import pytest

from contract.blocks import load_document
from render_preview.parts import compile_parts
from render_preview.wire import compile_message
from tests.render_preview.samples import ENVELOPE, FRAGMENTS, HEADERS
from tests.render_preview.trees import addresses, is_allowed, parse, shape

EACH = 25
ROUNDS = 400 if int(os.environ.get("HANDBILL_SEEDS", "0")) >= 100 else 40
_GLUE = [*"<>\"'&=;:/\\?#%{}|`()[]\r\n\t\0\x1b \u2028\u202e\u200f\ufeff\ufdd0\ufdd2\ufffe", "é", "東", "😀"]


def hostile_values(chance: random.Random) -> list[str]:
    """Attacks as they are known, cut, joined and mixed with what confuses parsers."""
    found = []
    for _ in range(EACH):
        parts = chance.choices([*FRAGMENTS, *_GLUE], k=chance.randint(1, 6))
        value = "".join(parts)
        start = chance.randint(0, len(value) // 3)
        found.append(value[start:])
    return found


def _places(n: int) -> list[dict]:
    tag = f"{{{{ v{n} }}}}"
    words = f"T {tag} `{tag}` [l {tag}](https://e.example/p/{tag}?q={tag}#f) [w]({tag})"
    image = {"type": "image", "src": f"https://e.example/{tag}.png", "alt": f"A {tag}", "href": tag}
    html = f"<p title='{tag}'>{tag} <a href='https://e.example/{tag}'>x</a></p>"
    return [
        {"type": "text", "text": words},
        {"type": "button", "label": tag, "href": f"https://e.example/--{tag}--"},
        image,
        {"type": "html", "html": html},
        {"type": "code", "text": f"  {tag}"},
    ]


DOCUMENT = load_document(
    {"version": 1, "preheader": "P {{ v0 }}", "blocks": [block for n in range(EACH) for block in _places(n)]}
)
COMPILED = compile_parts(DOCUMENT)
CALM = parse(COMPILED.render({f"v{n}": "x" for n in range(EACH)}).html)
CALM_SHAPE, CALM_ADDRESSES = shape(CALM), list(addresses(CALM))
CALM_LINES = COMPILED.render({f"v{n}": "x" for n in range(EACH)}).text.count("\n")
SUBJECT = compile_message(load_document({"version": 1, "subject": "News {{ a }}", "blocks": []}), HEADERS)


@pytest.mark.parametrize("seed", range(0, ROUNDS, 20))
def test_they_are_words_wherever_they_stand(seed):
    for number in range(seed, min(seed + 20, ROUNDS)):
        values = hostile_values(random.Random(number))
        parts = COMPILED.render({f"v{n}": value for n, value in enumerate(values)})
        tree = parse(parts.html)
        assert shape(tree) == CALM_SHAPE
        for address, calm in zip(addresses(tree), CALM_ADDRESSES, strict=True):
            assert is_allowed(address)
            assert not calm.startswith("https://") or urlsplit(address).netloc == "e.example"
        assert len([line for line in parts.text.split("\n") if "\r" in line or "\0" in line]) == 0
        assert parts.text.count("\n") <= CALM_LINES
        for value in values:
            _one_header(value)


def _one_header(value: str) -> None:
    message = SUBJECT.render({"a": value}, **{**ENVELOPE, "unsubscribe_url": ""}).message
    headers = fast_mail_parser.parse_email(message).headers
    assert set(headers) == {
        *("From", "To", "Date", "Message-ID", "List-Id", "Precedence", "Subject", "MIME-Version"),
        "Content-Type",
    }
    assert headers["To"] == ["ann@example.org"]
