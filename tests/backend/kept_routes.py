"""Applications for tests, without making all routes anew for each.

Litestar copies every handler and reads its signature whenever a router or an application is made: a quarter
of a second of the processor, more than most tests need. A test gets what `build_app` makes, with settings,
database, clock, sign-in, ports and state of its own, on the routes of an application that has ended.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from litestar import Litestar, Router

from backend import app as making
from backend.settings import Settings
from contract.clock import Clock
from tests.backend.lifespan import running

_ended: list[tuple[Litestar, dict[str, Any]]] = []
"""Applications that nobody uses any more, each with what it was made of."""


class _Wanted:
    """A router that is made when it is known that no kept one will do."""

    def __init__(self, *what: Any, **options: Any) -> None:
        self.made = lambda: Router(*what, **options)


@asynccontextmanager
async def running_app(settings: Settings, clock: Clock, **options: Any) -> AsyncIterator[Litestar]:
    """`build_app` with these options, while it runs."""
    parts: dict[str, Any] = {}

    def on_kept_routes(handlers: list[Any], **wanted: Any) -> Litestar:
        if not _ended:
            parts.update(wanted)
            routes = [one.made() if isinstance(one, _Wanted) else one for one in handlers]
            return Litestar(routes, **wanted)
        kept, made_of = _ended.pop()
        parts.update(made_of)
        _furnish(kept, made_of, wanted)
        return kept

    with patch.multiple(making, Litestar=on_kept_routes, Router=_Wanted):
        app = making.build_app(settings, clock, **options)
    async with running(app):
        yield app
    _ended.append((app, parts))


def _furnish(kept: Litestar, made_of: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Put what this application is made of in the place of what the last one was made of."""
    for old, new in zip(made_of["middleware"], wanted["middleware"], strict=True):
        vars(old).clear()
        vars(old).update(vars(new))
    for name, old in made_of["dependencies"].items():
        old.dependency = wanted["dependencies"][name].dependency
    kept._lifespan_managers[: len(made_of["lifespan"])] = wanted["lifespan"]
    kept.state = wanted["state"]
