"""The words of a block in the person's own editor: a real program that edits a real file."""

import shlex
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.tui.composer_driver import writing
from tui.app import HandbillApp
from tui.memory import World


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that can be handed to another program, which a test's cannot."""
    monkeypatch.setattr(HandbillApp, "suspend", lambda _: nullcontext())
    monkeypatch.delenv("VISUAL", raising=False)


def editor(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    """`p` is the file."""
    program = f"import pathlib, sys; p = pathlib.Path(sys.argv[1]); {lines}"
    monkeypatch.setenv("EDITOR", shlex.join([sys.executable, "-c", program]))


async def test_what_was_written_there_is_in_the_mail_and_undone_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    look = f"pathlib.Path({str(note)!r}).write_text(f'{{p}} {{p.stat().st_mode & 0o77}} "
    look += "{p.parent.stat().st_mode & 0o77} ' + p.read_text())"
    editor(monkeypatch, f"{look}; p.write_text('Ünd\\n\\nmore\\n', encoding='utf-8')")
    async with writing(world) as (person, writer):
        before = writer.blocks[1]["text"]
        await writer.chooses(2)
        await person.press("e")
        assert writer.blocks[1]["text"] == "Ünd\n\nmore"
        assert writer.entry("Words") == "Ünd\n\nmore"
        await person.press("u")
        assert writer.blocks[1]["text"] == before
    path, file_mode, folder_mode, given = note.read_text(encoding="utf-8").split(" ", 3)
    assert (file_mode, folder_mode, given) == ("0", "0", before)
    assert not Path(path).parent.exists()


@pytest.fixture
def own_temp_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def left_in(folder: Path) -> list[bytes]:
    """What files the editing left there; a folder without one counts as empty words."""
    return [b"".join(file.read_bytes() for file in each.iterdir()) for each in folder.glob("handbill-*")]


@pytest.mark.parametrize(
    "case",
    [
        ("p.write_text('x'); sys.exit(3)", "ended with an error (3)", b"x"),
        ("sys.exit(3)", "ended with an error (3)", None),
        ("p.write_bytes(b'\\xff')", "cannot be read as text", b"\xff"),
        ("p.unlink()", "cannot be read as text", None),
        ("p.write_text('x' * 20001)", "1 characters too long", b"x" * 20001),
        ("pass", "Nothing was changed", None),
    ],
)
async def test_one_that_fails_changes_nothing_and_loses_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, own_temp_folder: Path, case: tuple[str, str, bytes | None]
) -> None:
    lines, words, kept = case
    editor(monkeypatch, lines)
    async with writing(world) as (person, writer):
        before = writer.stored
        await writer.chooses(2)
        await person.press("e")
        person.was_told(words)
        assert writer.stored == before
        assert not writer.place.session.history.can_undo
    assert left_in(own_temp_folder) == ([] if kept is None else [kept])


@pytest.mark.parametrize(
    ("named", "words"),
    [("", "No editor is named"), ("'", "No editor is named"), ("no-such-editor", "could not be started")],
)
async def test_one_that_is_missing_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch, named: str, words: str
) -> None:
    monkeypatch.setenv("EDITOR", named)
    async with writing(world) as (person, writer):
        await writer.chooses(2)
        await person.press("e")
        person.was_told(words)


async def test_a_block_without_words_is_not_opened(world: World) -> None:
    async with writing(world) as (person, writer):
        await writer.chooses(3)
        await person.press("e")
        person.was_told("no words to edit")
