"""How a compiled message is laid out: fixed bytes, with one place between each two for what differs.

The same value stands in many places but is spelled in few ways (in HTML, in an address, in the text), so
it is encoded once per spelling and an index sends each spelling to its places.
"""

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter

from contract.merge_tags import MergeTag
from render_preview.parts import CompiledParts
from render_preview.quoted import SOFT_BREAK, quote_body, quote_value
from render_preview.segments import Part
from render_preview.values import WRITERS, SlotKind, clean_value

ENVELOPE = (b"\r\nDate: ", b"\r\nMessage-ID: ", b"\r\n", b"Subject: ", b"\r\nMIME-Version: 1.0\r\n")
"""What follows the recipient's address, the date, the id, the unsubscribe lines and the subject."""

Order = Callable[[list[bytes]], tuple[bytes, ...]]
"""From the spellings, the envelope's first, and the fixed bytes after them, to the whole message in order."""

_ADDRESS = re.compile(r"https?://\w[\w/.:~-]{0,66}", re.ASCII)
_TOKEN = re.compile(r"\w[\w.~-]{0,74}", re.ASCII)
_IN_PARTS = {SlotKind.TEXT, SlotKind.URL_PART, SlotKind.PLAIN}
"""Kinds that write a signed token as it is."""
_IN_WORDS = {SlotKind.TEXT, SlotKind.URL_PART, SlotKind.COMMENT_URL_PART, SlotKind.PLAIN}
"""Kinds that write letters and digits as they are."""
_IN_ADDRESSES = {SlotKind.URL, SlotKind.PLAIN_URL, SlotKind.TEXT, SlotKind.PLAIN}
"""Kinds that write a plain address as it is."""
_SHORT = 75
"""Such values fit on a line of their own."""


Filled = tuple[str, list[bytes], bool]
"""A cleaned value, its spellings, and whether there was neither value nor fallback."""


class Fill:
    """A tag and the ways in which it is written in this message.

    Audiences share cities, plans and first names, so recent values keep their spellings.
    """

    def __init__(self, tag: MergeTag, kinds: Collection[SlotKind]) -> None:
        self.tag = tag
        self._writers = [WRITERS[kind] for kind in kinds]
        self._in_words = _IN_WORDS.issuperset(kinds)
        self._in_parts = _IN_PARTS.issuperset(kinds)
        self._in_addresses = _IN_ADDRESSES.issuperset(kinds)
        self._fallback = clean_value(tag.fallback or "")
        self._remembered = lru_cache(maxsize=512)(self._spelled)

    def fill(self, value: str) -> Filled:
        """An id, a token or a page of ours is written as it is; no two recipients share most of those."""
        if (
            (self._in_words and value.isalnum() and value.isascii() and len(value) <= _SHORT)
            or (self._in_parts and _TOKEN.fullmatch(value))
            or (self._in_addresses and _ADDRESS.fullmatch(value))
        ):
            return value, [value.encode()] * len(self._writers), False
        return self._remembered(value)

    def _spelled(self, value: str) -> Filled:
        cleaned = clean_value(value)
        missing = not cleaned and self.tag.fallback is None
        cleaned = cleaned or self._fallback
        return cleaned, self._spell(cleaned), missing

    def _spell(self, value: str) -> list[bytes]:
        # Most values are spelled alike everywhere; encoding is the dear part, so it is done once.
        spellings, before, quoted = [], "", b""
        for write in self._writers:
            text = write(value)
            if text != before:
                before, quoted = text, quote_value(text)
            spellings.append(quoted)
        return spellings


def _boundary(parts: CompiledParts) -> bytes:
    """Fixed by the content. `=_` cannot occur in quoted-printable text, so no body can contain it."""
    digest = blake2b(digest_size=12)
    for part in (parts.text, parts.html):
        for literal in part.literals:
            digest.update(literal.encode())
    return b"=_" + digest.hexdigest().encode()


class Layout:
    """Lays out one message. `fixed` has one item more than there are places."""

    def __init__(self, parts: CompiledParts, header: bytes) -> None:
        self._uses: dict[MergeTag, dict[SlotKind, list[int]]] = {tag: {} for tag in parts.tags()}
        self.fixed = [header + b"To: ", *ENVELOPE]
        boundary = _boundary(parts)
        edge = b"--" + boundary
        self._add(b'Content-Type: multipart/alternative;\r\n boundary="' + boundary + b'"\r\n\r\n')
        self._body(edge, b"plain", parts.text)
        self._body(b"\r\n" + edge, b"html", parts.html)
        self._add(b"\r\n" + edge + b"--\r\n")

    def _add(self, more: bytes) -> None:
        self.fixed[-1] += more

    def _body(self, edge: bytes, subtype: bytes, part: Part) -> None:
        head = edge + b"\r\nContent-Type: text/" + subtype + b"; charset=utf-8\r\n"
        self._add(head + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n")
        self._add(quote_body(part.literals[0]))
        for slot, literal in zip(part.slots, part.literals[1:], strict=True):
            self._add(SOFT_BREAK)
            self._uses[slot.tag].setdefault(slot.kind, []).append(len(self.fixed) - 1)
            self.fixed.append(SOFT_BREAK + quote_body(literal))

    def fills(self) -> tuple[Fill, ...]:
        """In the order in which their spellings follow the envelope's."""
        return tuple(Fill(tag, kinds) for tag, kinds in self._uses.items())

    def order(self) -> Order:
        """Sends each spelling to its places, between the fixed bytes."""
        places = list(range(len(ENVELOPE))) + [0] * (len(self.fixed) - 1 - len(ENVELOPE))
        every = [found for kinds in self._uses.values() for found in kinds.values()]
        for spelling, found in enumerate(every, start=len(ENVELOPE)):
            for place in found:
                places[place] = spelling
        spellings = len(ENVELOPE) + len(every)
        order = [0] * (2 * len(self.fixed) - 1)
        order[0::2] = range(spellings, spellings + len(self.fixed))
        order[1::2] = places
        return itemgetter(*order)
