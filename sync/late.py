"""Services that are made when they are first used.

The app is given all its services before its first paint; those that need pydantic and httpx are not
needed until a person looks at something the server knows.
"""

from collections.abc import Callable
from typing import Any


class OnFirstUse:
    """Stands for the service `make` returns, and makes it once."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._made: object | None = None

    def __getattr__(self, name: str) -> Any:
        if self._made is None:
            self._made = self._make()
        return getattr(self._made, name)
