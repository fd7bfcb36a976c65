"""Quoted-printable and encoded words: text as seven-bit lines that no relay changes.

Two promises beyond the standards: line ends are CRLF, and no body line begins with a dot, so a message
needs no dot-stuffing on its way.
"""

import re
from base64 import b64encode
from binascii import b2a_qp

SOFT_BREAK = b"=\r\n"
_LINE = 75
"""One less than the standard allows: a soft break may follow."""
_DOT_LINE = re.compile(rb"^\.[^\n]*", re.MULTILINE)
_WORD_BYTES = 39
_FOLD_AT = 66


def _without_dot(match: re.Match[bytes]) -> bytes:
    rest = match[0][1:]
    if len(rest) + 3 <= _LINE:
        return b"=2E" + rest
    return b"=2E=\n" + _DOT_LINE.sub(_without_dot, rest)


def _leave_room(quoted: bytes) -> bytes:
    """The last line may fill the standard's length; a soft break must still fit behind it."""
    start = quoted.rfind(b"\n") + 1
    if len(quoted) - start <= _LINE:
        return quoted
    cut = len(quoted) - 8
    escape = quoted.rfind(b"=", cut - 2, cut)
    cut = escape if escape >= 0 else cut
    return quoted[:cut] + b"=\n" + quoted[cut:]


def quote_body(text: str) -> bytes:
    """Quoted-printable of a piece of body text whose line ends are LF.

    Pieces may be joined with `SOFT_BREAK` between them.
    """
    quoted = _leave_room(b2a_qp(text.encode(), quotetabs=False, istext=True, header=False))
    if b"\n." in quoted or quoted.startswith(b"."):
        quoted = _DOT_LINE.sub(_without_dot, quoted)
    return quoted.replace(b"\n", b"\r\n")


def quote_value(value: str) -> bytes:
    """`quote_body` for one line, with a short way for the usual short value."""
    quoted = b2a_qp(value.encode())
    return quoted if len(quoted) <= _LINE and not quoted.startswith(b".") else quote_body(value)


def _encoded_words(text: str) -> list[bytes]:
    words = [text.encode()]
    if len(words[0]) > _WORD_BYTES:
        words = [b""]
        for character in text:
            raw = character.encode()
            if len(words[-1]) + len(raw) > _WORD_BYTES:
                words.append(b"")
            words[-1] += raw
    return [b"=?utf-8?b?" + b64encode(word) + b"?=" for word in words]


def _folded(text: str) -> bytes | None:
    """ASCII text on lines of at most 78 characters, or nothing if a word is too long for that."""
    lines, line = [], ""
    for word in text.split(" "):
        if len(word) > _FOLD_AT:
            return None
        if line and len(line) + 1 + len(word) > _FOLD_AT:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line]).encode()


def encode_header(text: str) -> bytes:
    """An unstructured header value (RFC 5322, RFC 2047). `text` is one line without control characters."""
    if text.isascii() and "=?" not in text:
        if len(text) <= _FOLD_AT:
            return text.encode()
        folded = _folded(text)
        if folded is not None:
            return folded
    return b"\r\n ".join(_encoded_words(text))


def encode_phrase(text: str) -> bytes:
    """A display name before an address."""
    if not text.isascii() or "=?" in text or len(text) > _FOLD_AT:
        return b"\r\n ".join(_encoded_words(text))
    if re.fullmatch(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", text):
        return text.encode()
    return b'"' + re.sub(r'(["\\])', r"\\\1", text).encode() + b'"'
