"""The header of a mail: what is the same for every recipient, and the few lines that are not.

Everything that reaches a header line is either encoded or refused, so no address, name or id can begin a
header of its own.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from render_preview.inline import clean
from render_preview.quoted import encode_header, encode_phrase
from render_preview.values import clean_value

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
_MESSAGE_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,300}@[A-Za-z0-9.-]{1,253}")
_WEB_ADDRESS = re.compile(r"[!#-;=?-~]+")
_LIST_ID = re.compile(r"[A-Za-z0-9.-]{1,253}")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class HeaderError(ValueError):
    """Something that may not stand in a header line; the message names the header, never the value's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeaders:
    """What is the same for every recipient of a campaign or step."""

    from_address: str
    from_name: str = ""
    reply_to: str = ""
    list_id: str = ""
    """A name in the form of a domain: `news.example.com`."""
    list_name: str = ""
    feedback_id: str = ""
    precedence: Literal["bulk", "list", ""] = "bulk"
    auto_submitted: bool = False
    """For sequences: tells autoresponders to stay silent."""


def address_bytes(address: str, header: str) -> bytes:
    """An address as seven-bit bytes; a domain in another script becomes its ASCII form.

    Raises `HeaderError` for anything else, an address with a non-ASCII local part included.
    """
    if not address.isascii():
        local, _, domain = address.rpartition("@")
        try:
            address = f"{local}@{domain.encode('idna').decode()}"
        except UnicodeError:
            raise HeaderError(f"{header}: the domain of the address is not valid") from None
    if not _ADDRESS.fullmatch(address):
        raise HeaderError(f"{header}: not an address that can be mailed to")
    return address.encode()


def message_id_bytes(message_id: str) -> bytes:
    """The id in its angle brackets, given with or without them."""
    bare = message_id[1:-1] if message_id.startswith("<") and message_id.endswith(">") else message_id
    if not _MESSAGE_ID.fullmatch(bare):
        raise HeaderError("Message-ID: not an id of the form left@right")
    return f"<{bare}>".encode()


def date_bytes(date: datetime) -> bytes:
    """RFC 5322 date in UTC. A naive one is refused."""
    if date.tzinfo is None:
        raise HeaderError("Date: a moment without an offset")
    return _second_bytes(int(date.timestamp()))


@lru_cache(maxsize=8)
def _second_bytes(second: int) -> bytes:
    moment = datetime.fromtimestamp(second, UTC)
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year:04d} {moment:%H:%M:%S} +0000".encode()


def unsubscribe_lines(url: str) -> bytes:
    """List-Unsubscribe, and for a web address its one-click partner (RFC 8058); a `mailto:` has none."""
    if not url.startswith(("https://", "http://", "mailto:")) or not _WEB_ADDRESS.fullmatch(url):
        raise HeaderError("List-Unsubscribe: neither a web address nor a mailto: link")
    if len(url) > 900:
        raise HeaderError("List-Unsubscribe: longer than a header line may be")
    one_click = "" if url.startswith("mailto:") else "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return f"List-Unsubscribe: <{url}>\r\n{one_click}".encode()


def mailbox(address: str, name: str, header: str) -> bytes:
    """An address with its display name."""
    plain = address_bytes(address, header)
    shown = clean_value(clean(name))
    return _named(shown, b"<" + plain + b">") if shown else plain


def _named(name: str, bracketed: bytes) -> bytes:
    phrase = encode_phrase(name)
    fits = len(phrase) + len(bracketed) < 64
    return phrase + (b" " if fits else b"\r\n ") + bracketed


def _list_id(headers: MessageHeaders) -> bytes:
    if not _LIST_ID.fullmatch(headers.list_id):
        raise HeaderError("List-Id: not a name in the form of a domain")
    shown = clean_value(clean(headers.list_name))
    bracketed = f"<{headers.list_id}>".encode()
    return _named(shown, bracketed) if shown else bracketed


def fixed_lines(headers: MessageHeaders) -> bytes:
    """The header lines that every recipient gets, each ended by CRLF."""
    lines = [b"From: " + mailbox(headers.from_address, headers.from_name, "From")]
    if headers.reply_to:
        lines.append(b"Reply-To: " + address_bytes(headers.reply_to, "Reply-To"))
    if headers.list_id:
        lines.append(b"List-Id: " + _list_id(headers))
    if headers.feedback_id:
        lines.append(b"Feedback-ID: " + encode_header(clean_value(clean(headers.feedback_id))))
    if headers.precedence:
        lines.append(b"Precedence: " + headers.precedence.encode())
    if headers.auto_submitted:
        lines.append(b"Auto-Submitted: auto-generated")
    return b"".join(line + b"\r\n" for line in lines)
