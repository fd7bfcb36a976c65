"""What a domain hands to the application: its routes, and how its documents look in the feed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar import Controller

from backend.work import Work
from contract.feed import Kind

Presenter = Callable[[Work, Sequence[str]], Awaitable[dict[str, dict[str, Any]]]]
"""Rows as answered, by id; ids that are gone are absent."""


@dataclass(frozen=True, slots=True)
class Domain:
    """One folder of the backend. `pages` are public and stand beside `/api`."""

    controllers: Sequence[type[Controller]]
    pages: Sequence[type[Controller]] = ()
    presenters: Mapping[Kind, Presenter] = field(default_factory=dict)
