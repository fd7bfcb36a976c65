"""A server with one organisation, for commands that ask one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.processes import Backend, run
from tests.cli.test_members import PASSWORD


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Its address; o@acme.example owns Acme. For one test alone."""
    backend = Backend(tmp_path, "--data-dir", str(tmp_path / "d"), "--port", "0")
    try:
        words = ("org-create", "Acme", "--owner-email", "o@acme.example", "--password-stdin")
        made = run(tmp_path, *words, "--data-dir", str(tmp_path / "d"), stdin=PASSWORD)
        assert made.returncode == 0, made.stderr
        yield backend.address
    finally:
        ended = backend.end()
    assert ended == (0, "")
