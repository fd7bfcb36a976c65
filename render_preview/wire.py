"""A campaign's mail compiled to bytes once, so that each recipient's copy is one join.

Building an e-mail object per recipient costs hundreds of times more than filling in the few places where
copies differ. Here everything but those places is encoded in advance, and each value is encoded for the
place it stands in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from contract.blocks import Document
from contract.merge_tags import RESERVED, MergeTag
from render_preview.headers import (
    MessageHeaders,
    address_bytes,
    date_bytes,
    fixed_lines,
    message_id_bytes,
    unsubscribe_lines,
)
from render_preview.parts import CompiledParts, compile_parts
from render_preview.quoted import SOFT_BREAK, encode_header, quote_body, quote_value
from render_preview.segments import Part
from render_preview.values import WRITERS, SlotKind, clean_value


class UnknownBlockError(ValueError):
    """The document has a block this version cannot render; sending a mail without it would be a lie."""

    def __init__(self, types: list[str]) -> None:
        super().__init__(f"this version cannot send blocks of the type {', '.join(types)}")
        self.types = types


@dataclass(frozen=True, slots=True)
class Rendered:
    """One recipient's mail. `missing`: fields without a value and without a fallback."""

    message: bytes
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Fill:
    """A tag, and every place in the message where it stands, by the way it is written there."""

    tag: MergeTag
    fallback: str
    uses: tuple[tuple[Callable[[str], str], tuple[int, ...]], ...]


_TO, _DATE, _MESSAGE_ID, _UNSUBSCRIBE, _SUBJECT = 1, 3, 5, 7, 9
_BODY = 11


@dataclass(frozen=True)
class WireTemplate:
    """A whole message with places for what differs between recipients. Safe to share between threads."""

    parts: CompiledParts
    size: int
    """Bytes of the message without any value."""
    _segments: list[bytes]
    _fills: tuple[_Fill, ...]
    _subject: bytes | None

    def render(
        self,
        values: Mapping[str, str],
        *,
        to: str,
        message_id: str,
        date: datetime,
        unsubscribe_url: str = "",
        view_url: str = "",
    ) -> Rendered:
        """One recipient's message: CRLF line ends, seven bits, no line begins with a dot.

        Raises `HeaderError` for an address, an id or a URL that may not stand in a header.
        """
        reserved = {"unsubscribe_url": unsubscribe_url, "view_url": view_url}
        segments = self._segments.copy()
        resolved: dict[MergeTag, str] = {}
        missing: list[str] = []
        for fill in self._fills:
            tag = fill.tag
            value = clean_value((reserved if tag.field in RESERVED else values).get(tag.field, ""))
            if not value:
                value = fill.fallback
                if tag.fallback is None and tag.field not in missing:
                    missing.append(tag.field)
            resolved[tag] = value
            for write, places in fill.uses:
                quoted = quote_value(write(value))
                for place in places:
                    segments[place] = quoted
        segments[_TO] = address_bytes(to, "To")
        segments[_DATE] = date_bytes(date)
        segments[_MESSAGE_ID] = message_id_bytes(message_id)
        segments[_UNSUBSCRIBE] = unsubscribe_lines(unsubscribe_url) if unsubscribe_url else b""
        if self._subject is None:
            segments[_SUBJECT] = encode_header(self.parts.subject_line(resolved))
        return Rendered(b"".join(segments), tuple(missing))


def _boundary(parts: CompiledParts) -> bytes:
    """Fixed by the content. `=_` cannot occur in quoted-printable text, so no body can contain it."""
    digest = blake2b(digest_size=12)
    for part in (parts.text, parts.html):
        for literal in part.literals:
            digest.update(literal.encode())
    return b"=_" + digest.hexdigest().encode()


class _Builder:
    """Lays the segments out and notes where each tag stands."""

    def __init__(self, parts: CompiledParts, headers: MessageHeaders, subject: bytes) -> None:
        self._parts = parts
        self._boundary = _boundary(parts)
        self._places: dict[MergeTag, dict[SlotKind, list[int]]] = {tag: {} for tag in parts.tags()}
        self.segments = [
            fixed_lines(headers) + b"To: ",
            b"",
            b"\r\nDate: ",
            b"",
            b"\r\nMessage-ID: ",
            b"",
            b"\r\n",
            b"",
            b"Subject: ",
            subject,
        ]

    def build(self) -> list[bytes]:
        edge = b"--" + self._boundary
        start = b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="'
        self.segments.append(start + self._boundary + b'"\r\n\r\n' + edge)
        self._body(b"plain", self._parts.text)
        self.segments.append(b"\r\n" + edge)
        self._body(b"html", self._parts.html)
        self.segments.append(b"\r\n" + edge + b"--\r\n")
        return self.segments

    def _body(self, subtype: bytes, part: Part) -> None:
        head = b"\r\nContent-Type: text/" + subtype + b"; charset=utf-8\r\n"
        self.segments.append(head + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n")
        self.segments.append(quote_body(part.literals[0]))
        for slot, literal in zip(part.slots, part.literals[1:], strict=True):
            self.segments.append(SOFT_BREAK)
            self._places[slot.tag].setdefault(slot.kind, []).append(len(self.segments))
            self.segments.append(b"")
            self.segments.append(SOFT_BREAK + quote_body(literal))

    def fills(self) -> tuple[_Fill, ...]:
        return tuple(
            _Fill(
                tag,
                clean_value(tag.fallback or ""),
                tuple((WRITERS[kind], tuple(places)) for kind, places in uses.items()),
            )
            for tag, uses in self._places.items()
        )


def compile_message(document: Document, headers: MessageHeaders) -> WireTemplate:
    """Compile a document into a template for any number of recipients.

    Raises `UnknownBlockError` for a block this version cannot render, `HeaderError` for a sender that may
    not stand in a header.
    """
    unknown = document.unknown_types()
    if unknown:
        raise UnknownBlockError(unknown)
    parts = compile_parts(document)
    subject = None if parts.subject.slots else encode_header(parts.subject_line({}))
    builder = _Builder(parts, headers, subject or b"")
    segments = builder.build()
    return WireTemplate(parts, sum(map(len, segments)), segments, builder.fills(), subject)
