"""Applications for tests, without making all routes anew for each.

Litestar copies every handler and reads its signature whenever an application is made: a fifth of a second of
the processor, more than most tests need. A test gets what `build_app` makes, with settings, database, clock,
sign-in, ports and state of its own, on the routes of an application that has ended.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from litestar import Litestar

from backend import app as making
from backend.settings import Settings
from contract.clock import Clock
from tests.backend.lifespan import running

_ended: list[tuple[Litestar, dict[str, Any]]] = []
"""Applications that nobody uses any more, each with what it was made of."""


@asynccontextmanager
async def running_app(settings: Settings, clock: Clock, **options: Any) -> AsyncIterator[Litestar]:
    """`build_app` with these options, while it runs."""
    parts: dict[str, Any] = {}

    def on_kept_routes(handlers: list[Any], **wanted: Any) -> Litestar:
        if not _ended:
            parts.update(wanted)
            return Litestar(handlers, **wanted)
        kept, made_of = _ended.pop()
        parts.update(made_of)
        _furnish(kept, made_of, wanted)
        return kept

    with patch.object(making, "Litestar", on_kept_routes):
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
