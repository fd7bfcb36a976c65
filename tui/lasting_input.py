"""Whatever a terminal sends is read: bytes that are no text, and sequences that are no key.

Textual reads in a thread of its own, and the first thing it cannot make sense of ends that thread and the
program with it. A letter in Latin-1, Alt with a letter in an old terminal, or a pasted file that is no text
is enough. So what is no text is shown as such, and what is no key is passed over.
"""

from __future__ import annotations

import codecs
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual._xterm_parser import XTermParser
from textual.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.driver import Driver


class LastingParser(XTermParser):
    """A parser that knows keys no terminal has."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        try:
            found = list(super()._sequence_to_key_events(sequence, alt))
        except (ValueError, OverflowError):
            return [events.Key(Keys.Ignore, sequence)]
        return [events.Key(Keys.Ignore, sequence) if _is_half(key.character) else key for key in found]


def _is_half(character: str | None) -> bool:
    """Half of a pair of UTF-16, which is no character and cannot be stored."""
    return character is not None and any("\ud800" <= one <= "\udfff" for one in character)


def _decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), errors="replace")


def read_anything(driver: type[Driver]) -> None:
    """Give the module of this driver a parser and a decoder that go on."""
    module: Any = sys.modules[driver.__module__]
    for name, better in (("XTermParser", LastingParser), ("getincrementaldecoder", _decoder)):
        if hasattr(module, name):
            setattr(module, name, better)
