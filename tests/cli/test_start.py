"""What opening the client loads before its first paint, and a command before it asks: nothing heavy."""

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


@pytest.fixture(scope="module")
def loaded_by_a_command() -> set[str]:
    program = (
        "import sys, cli.main, cli.options, cli.contacts, cli.remote\n"
        "cli.options.build_parser()\n"
        "print(*(name for name, module in sys.modules.items() if module))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("heavy", ["textual", "rich", "click", "sqlalchemy", "litestar", "jinja2", "keyring"])
def test_a_command_does_not_wait_for(loaded_by_a_command: set[str], heavy: str) -> None:
    assert heavy not in loaded_by_a_command
