"""What is exported can be imported elsewhere, and is the same there."""

import csv
import io
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest

from sync.embedded import Embedded
from tests.cli.test_commands import Shell, shell  # noqa: F401 - a fixture

FIELDS = (("vip", "bool"), ("orders", "number"), ("born", "date"), ("phone", "text"))
PEOPLE = """email,name,time_zone,status,vip,orders,born,phone
ana@example.com,"Ana ""the first"", Ltd",Europe/Berlin,subscribed,true,-3.5,1990-02-28,'+44 20 7946
bö@example.com,'=HYPERLINK(1),,unsubscribed,false,12,,
"""


@pytest.fixture
def elsewhere(tmp_path: Path, shell: Shell) -> Iterator[Shell]:  # noqa: F811 - the fixture
    """Another workspace of the same computer."""
    other = copy(shell)
    other.data = tmp_path / "data"
    yield other
    Embedded(other.data).stop()


def filled(shell: Shell, text: str) -> None:  # noqa: F811
    for key, kind in FIELDS:
        shell.run("fields", "create", key, "--type", kind)
    file = shell.folder / "in.csv"
    file.write_text(text)
    shell.run("contacts", "import", str(file))


def test_it_comes_back_as_it_was(shell: Shell, elsewhere: Shell) -> None:  # noqa: F811
    filled(shell, PEOPLE)
    text = shell.run("contacts", "export")
    assert shell.words == "2 contacts.\n"
    rows = {row["email"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["ana@example.com"]["name"] == 'Ana "the first", Ltd'
    assert rows["ana@example.com"]["phone"] == "'+44 20 7946", "a spreadsheet must not add it up"
    assert rows["bö@example.com"]["name"] == "'=HYPERLINK(1)"
    assert rows["bö@example.com"]["status"] == "unsubscribed"
    filled(elsewhere, text)
    assert elsewhere.run("contacts", "export") == text


def test_only_those_who_fit(shell: Shell) -> None:  # noqa: F811
    shell.run("contacts", "export", "ana")
    assert shell.words == "1 contact.\n"
