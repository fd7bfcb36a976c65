"""What starting the backend loads before it answers: nothing that only some of its work needs."""

import subprocess
import sys

import pytest

HEAVY = {
    "rich": "structlog colours with it",
    "jinja2": "mails are written later",
    "markdown_it": "mails are written later",
    "email_validator": "most addresses are plain",
    "aiosmtpd": "only a demo catches mail",
    "backend.demo.seed": "only a demo is filled",
    "backend.openapi_examples": "few ask for the document",
    "alembic": "only an upgrade moves the tables",
}


@pytest.fixture(scope="module", params=["serve", "worker"])
def loaded(request: pytest.FixtureRequest) -> set[str]:
    program = (
        "import sys\n"
        "from backend.__main__ import _loaded\n"
        "_loaded(sys.argv[1])\n"
        "if sys.argv[1] == 'serve':\n"
        "    from backend.app import _domains\n"
        "    _domains()\n"
        "print(*(name for name, module in sys.modules.items() if module))"
    )
    words = [sys.executable, "-c", program, request.param]
    return set(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("heavy", HEAVY)
def test_the_first_answer_does_not_wait_for(loaded: set[str], heavy: str) -> None:
    assert heavy not in loaded, HEAVY[heavy]
