"""What opening the client loads before its first paint: nothing heavy."""

import subprocess
import sys

import pytest

FIRST_PAINT = """
import sys
import cli.main, cli.failures, cli.open_client
import sync.workspace, sync.drafts, sync.caught, sync.late
import tui.app, tui.services, tui.screens.campaigns
print(" ".join(sys.modules))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    done = subprocess.run([sys.executable, "-c", FIRST_PAINT], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "heavy",
    ["sqlalchemy", "aiosqlite", "pydantic", "httpx", "keyring", "litestar", "jinja2", "filelock", "mailbox"],
)
def test_the_first_paint_does_not_wait_for(loaded: set[str], heavy: str) -> None:
    assert heavy not in loaded
