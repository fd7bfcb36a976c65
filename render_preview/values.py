"""A contact's value on its way into a mail: made harmless once, then written for the place it stands in.

Each place has its own kind of slot. The kind is fixed when the mail is compiled, so no value can choose how
it is escaped.
"""

import re
from collections.abc import Callable
from enum import Enum
from html import escape
from urllib.parse import quote

MAX_VALUE = 2_000
"""Longer values are cut: a broken import must not make a mail of megabytes."""

_SPACE = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_BEYOND = "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
_UNWANTED = re.compile(f"[{_BEYOND}\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SAFE_URL = re.compile(r"(?:https?://[^\s/?#\\]|mailto:[^\s]|tel:[+0-9])", re.IGNORECASE)
_PLAIN_URL = re.compile(r"(?:https?://|mailto:)\w[\w./:?#@~!$()*+,;%=-]*", re.IGNORECASE | re.ASCII)
_UNRESERVED = re.compile(r"[\w.~-]*", re.ASCII)
_NOT_IN_URL = re.compile(r"[\s<>\"\\^`{|}]")


class SlotKind(Enum):
    """Where a value stands."""

    TEXT = "text"
    """In HTML text or a quoted attribute."""
    URL_PART = "url_part"
    """A part of an address that the author began."""
    URL = "url"
    """A whole address in HTML: only with an allowed scheme, else `#`."""
    COMMENT_URL_PART = "comment_url_part"
    """As `URL_PART`, inside an Outlook conditional comment."""
    COMMENT_URL = "comment_url"
    """As `URL`, inside an Outlook conditional comment."""
    PLAIN = "plain"
    """In the plain-text part or in the subject."""
    PLAIN_URL = "plain_url"
    """A whole address in the plain-text part: only with an allowed scheme, else empty."""


WHOLE_ADDRESSES = frozenset({SlotKind.URL, SlotKind.COMMENT_URL, SlotKind.PLAIN_URL})


def clean_value(value: str) -> str:
    """One line without control and bidi characters."""
    if value.isascii() and value.isprintable() and len(value) <= MAX_VALUE:
        return value.strip()
    return _UNWANTED.sub("", _SPACE.sub(" ", value[:MAX_VALUE])).strip()


def escape_text(value: str) -> str:
    """For HTML text and quoted attributes."""
    return value if value.isalnum() else escape(value, quote=True)


def _percent(match: re.Match[str]) -> str:
    return quote(match[0], safe="")


def encode_address(value: str) -> str:
    """Percent-encode what may not stand in an address; the rest stays as it is."""
    return _NOT_IN_URL.sub(_percent, value)


def _part(value: str) -> str:
    return value if _UNRESERVED.fullmatch(value) else quote(value, safe="")


def _address(value: str) -> str:
    if _PLAIN_URL.fullmatch(value):
        return value
    return escape(encode_address(value), quote=True) if _SAFE_URL.match(value) else "#"


def is_whole_address(value: str) -> bool:
    """Whether a cleaned value may be a link by itself."""
    return bool(_PLAIN_URL.fullmatch(value) or _SAFE_URL.match(value))


def for_comment(address: str) -> str:
    """The same address where two hyphens in a row would end or upset an HTML comment."""
    return address.replace("-", "&#45;")


def _plain(value: str) -> str:
    return value


def _plain_address(value: str) -> str:
    if _PLAIN_URL.fullmatch(value):
        return value
    return encode_address(value) if _SAFE_URL.match(value) else ""


WRITERS: dict[SlotKind, Callable[[str], str]] = {
    SlotKind.TEXT: escape_text,
    SlotKind.URL_PART: _part,
    SlotKind.URL: _address,
    SlotKind.COMMENT_URL_PART: lambda value: for_comment(_part(value)),
    SlotKind.COMMENT_URL: lambda value: for_comment(_address(value)),
    SlotKind.PLAIN: _plain,
    SlotKind.PLAIN_URL: _plain_address,
}
"""How a cleaned value is written, by the kind of its slot."""
