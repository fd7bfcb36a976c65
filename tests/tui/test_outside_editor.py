"""The words of a block in the person's own editor: a real program that edits a real file."""

import asyncio
import shlex
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

from localstore.records import DocKind
from tests.tui.composer_driver import writing
from tui.app import HandbillApp
from tui.memory import World
from tui.screens.outside_commands import OutsideCommands


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


class TestMeanwhile:
    """The editor is open for long; here everything goes on."""

    async def test_what_is_synced_meanwhile_comes_in_and_both_texts_are_there(
        self, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        go = tmp_path / "go"
        wait = "import time, os; os.kill(os.getppid(), 2); t = p.read_text()"
        wait += f"; [time.sleep(0.01) for _ in iter(lambda: pathlib.Path({str(go)!r}).exists(), True)]"
        editor(monkeypatch, f"{wait}; p.write_text(t + ' Mine.')")
        async with writing(world) as (person, writer):
            words = writer.blocks[1]["text"]

            def somebody_writes() -> None:
                blocks = [
                    b | ({"text": f"Theirs. {words}"} if b["id"] == "b2" else {}) for b in writer.blocks
                ]
                mail = writer.stored["contentJson"] | {"blocks": blocks}
                world.drafts.store(DocKind.CAMPAIGN, writer.id, writer.stored | {"contentJson": mail})
                go.touch()

            await writer.chooses(2)
            asyncio.get_running_loop().call_later(0.3, somebody_writes)
            await person.press("e")
            while not go.exists() or "Mine." not in writer.blocks[1]["text"]:
                await person.settle()
            assert writer.blocks[1]["text"] == f"Theirs. {words} Mine."

    @pytest.mark.parametrize(
        ("theirs", "texts"),
        [("Other words.", ["Other words.", "Mine."]), (None, ["Mine."])],
        ids=["changed", "deleted"],
    )
    async def test_what_cannot_be_merged_is_a_block_of_its_own(
        self, world: World, theirs: str | None, texts: list[str]
    ) -> None:
        async with writing(world) as (person, writer):
            old = writer.blocks[1]
            others = [b for b in writer.blocks if b["id"] != old["id"]]
            blocks = [old | {"text": theirs}, *others] if theirs else others
            mail = writer.stored["contentJson"] | {"blocks": blocks}
            world.drafts.store(DocKind.CAMPAIGN, writer.id, writer.stored | {"contentJson": mail})
            place = writer.place
            assert isinstance(place, OutsideCommands)
            await place.catch_up()
            await place._take(old, "text", "Mine.")
            await person.settle()
            assert [b["text"] for b in writer.blocks if b["type"] == "text"] == texts
            person.was_told("Somebody else changed this block meanwhile")

    async def test_what_may_not_be_changed_any_more_is_kept_in_a_file(
        self, world: World, monkeypatch: pytest.MonkeyPatch, own_temp_folder: Path
    ) -> None:
        editor(monkeypatch, "p.write_text('Mine.')")
        async with writing(world) as (person, writer):
            await writer.chooses(2)
            monkeypatch.setattr(
                "tui.screens.outside_commands.fault",
                lambda *_: world.drafts.set_facts(DocKind.CAMPAIGN, writer.id, status="SENDING"),
            )
            await person.press("e")
            while not left_in(own_temp_folder):
                await person.settle()
            await person.settle()
            person.was_told("It is being sent: read-only. What you wrote is kept in")
        assert left_in(own_temp_folder) == [b"Mine."]


async def test_a_block_without_words_is_not_opened(world: World) -> None:
    async with writing(world) as (person, writer):
        await writer.chooses(3)
        await person.press("e")
        person.was_told("no words to edit")
