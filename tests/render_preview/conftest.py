import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < seconds


@pytest.fixture
def at_most():
    """A generous bound on CPU time: it catches quadratic growth, not a slow machine."""
    return _at_most
