"""SQL that was compiled for one test is used by the next.

An engine keeps what it compiled, for itself; here every test has engines of its own, and to make the same
statements into the same text again was a tenth of its time. What is kept depends on the statement and the
kind of database alone: values are never part of it, and are bound at each execution as in the program.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

MOST = 2_000
"""Statements; what a worker of the test run uses is some hundred, random segments aside."""

_make = Engine.__init__


class KeptStatements:
    """Stands where an engine has its own; of each key's dialect only the kind is looked at."""

    def __init__(self) -> None:
        self._kept: LRUCache[Any, Any] = LRUCache(MOST)

    def get(self, key: tuple[Any, ...]) -> Any:
        return self._kept.get((type(key[0]), *key[1:]))

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._kept[type(key[0]), *key[1:]] = compiled


def keep_statements() -> None:
    """For all engines that are made from now on."""
    kept = KeptStatements()

    def make(self: Engine, *args: Any, **kwargs: Any) -> None:
        _make(self, *args, **kwargs)
        self._compiled_cache = kept

    Engine.__init__ = make
