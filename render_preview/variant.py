"""One message compiled to bytes, so that each recipient's copy is one join.

Building an e-mail object per recipient costs hundreds of times more than filling in the few places where
copies differ. Here everything but those places is encoded in advance, and each value is encoded for the
place it stands in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from contract.blocks import Document
from contract.merge_tags import NO_LINKS, SENDERS_OWN
from render_preview.headers import (
    HeaderError,
    MessageHeaders,
    address_bytes,
    date_bytes,
    fixed_lines,
    message_id_bytes,
    unsubscribe_lines,
)
from render_preview.layout import Filled, Layout, Order
from render_preview.parts import CompiledParts, compile_parts, one_line
from render_preview.quoted import encode_header
from render_preview.segments import Part
from render_preview.tracking import Tracking


class Rendered(NamedTuple):
    """One recipient's mail. `missing`: fields without a value and without a fallback."""

    message: bytes
    missing: tuple[str, ...]


_SUBJECT = 4


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A whole message with places for what differs between recipients. Safe to share between threads."""

    parts: CompiledParts
    _fixed: list[bytes]
    _fills: tuple[tuple[Callable[[str], Filled], str, bool], ...]
    """How to spell a value, of which field, and whether the sender gives it instead of the contact."""
    _order: Order
    _subject: bytes | None
    """Set when it is the same for all; else it is written with the values that `_subject_fills` names."""
    _write_subject: Callable[..., bytes]
    _subject_fills: tuple[int, ...]

    def render(
        self,
        values: Mapping[str, str],
        *,
        to: str,
        message_id: str,
        date: datetime,
        unsubscribe_url: str = "",
        own_links: Mapping[str, str] = NO_LINKS,
    ) -> Rendered:
        """One recipient's message: CRLF line ends, seven bits, no line begins with a dot.

        Raises `HeaderError` for an address, an id or a URL that may not stand in a header, and for a
        subject whose values are all missing.
        """
        spellings = [
            address_bytes(to, "To"),
            date_bytes(date),
            message_id_bytes(message_id),
            unsubscribe_lines(unsubscribe_url) if unsubscribe_url else b"",
            self._subject or b"",
        ]
        reserved = {**own_links, "unsubscribe_url": unsubscribe_url}
        missing: list[str] = []
        filled: list[str] = []
        for fill, field, ours in self._fills:
            value, written, absent = fill((reserved if ours else values).get(field, ""))
            filled.append(value)
            spellings += written
            if absent:
                missing.append(field)
        if self._subject is None:
            spellings[_SUBJECT] = self._write_subject(*[filled[number] for number in self._subject_fills])
            if not spellings[_SUBJECT]:
                raise HeaderError("Subject: nothing is left of it without the missing values")
        spellings += self._fixed
        return Rendered(b"".join(self._order(spellings)), tuple(dict.fromkeys(missing)) if missing else ())


def _subject_writer(subject: Part) -> Callable[..., bytes]:
    """From the values of its slots to the header; people share first names, so recent ones are kept."""

    @lru_cache(maxsize=512)
    def write(*values: str) -> bytes:
        pieces = [piece for pair in zip(subject.literals, (*values, ""), strict=True) for piece in pair]
        return encode_header(one_line("".join(pieces)))

    return write


def compile_variant(document: Document, headers: MessageHeaders, tracking: Tracking | None = None) -> Variant:
    """Compile a document as it is, conditions aside.

    Raises `HeaderError` for a sender that may not stand in a header.
    """
    parts = compile_parts(document, tracking)
    subject = parts.subject
    layout = Layout(parts, fixed_lines(headers))
    fills = layout.fills()
    numbers = {fill.tag: number for number, fill in enumerate(fills)}
    return Variant(
        parts=parts,
        _fixed=layout.fixed,
        _fills=tuple((fill.fill, fill.tag.field, fill.tag.field in SENDERS_OWN) for fill in fills),
        _order=layout.order(),
        _subject=None if subject.slots else encode_header(parts.subject_line({})),
        _write_subject=_subject_writer(subject),
        _subject_fills=tuple(numbers[slot.tag] for slot in subject.slots),
    )
