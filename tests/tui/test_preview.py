"""The preview in every form: what it shows is what is sent."""

import tempfile
from pathlib import Path

import pytest

from contract.blocks import load_document
from render_preview.parts import render_parts
from tests.tui.composer_driver import writing
from tests.tui.driver import Person
from tui.editing.contact_values import contact_values
from tui.memory import World
from tui.screens.preview_commands import UNSUBSCRIBE


def flat(text: str) -> str:
    return "".join(text.split())


async def turns_to(person: Person, words: str) -> None:
    for _ in range(4):
        if words in person.screen:
            return
        await person.press("f4")
    person.sees(words)


async def test_text_and_html_are_those_that_the_contact_gets(world: World) -> None:
    async with writing(world) as (person, writer):
        await person.press("f6")
        page = await world.contacts.page(0, 1)
        values = contact_values(page.contacts[0])
        wanted = render_parts(
            load_document(writer.stored["contentJson"]), values, unsubscribe_url=UNSUBSCRIBE
        )
        await turns_to(person, "text as sent")
        assert flat(writer.preview) == flat(wanted.text)
        await turns_to(person, "HTML as sent")
        assert flat(writer.preview) == flat(wanted.html)


async def test_a_block_for_some_is_left_out_for_the_others(world: World) -> None:
    async with writing(world) as (person, writer):
        await writer.chooses(2)
        await writer.enters("Only if", 'email = "nobody@shop.example"')
        assert "first harvest" in writer.preview
        await person.press("f6")
        assert "first harvest" not in writer.preview
        assert "left out here" in writer.preview
        await turns_to(person, "text as sent")
        assert "first harvest" not in writer.preview


async def _opens(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    opened: list[str] = []
    async with writing(world) as (person, _):
        monkeypatch.setattr(person.app, "open_url", opened.append)
        await person.press("f10", "f10")
        person.was_told("in the browser")
    return opened


async def test_the_browser_gets_a_page_that_only_this_person_can_read(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened = await _opens(world, monkeypatch)
    _look_at(opened, tmp_path)


def _look_at(opened: list[str], tmp_path: Path) -> None:
    [folder] = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    page = (folder / "preview.html").read_text(encoding="utf-8")
    assert opened == [(folder / "preview.html").as_uri()] * 2
    assert "Phone, dark" in page
    assert "first harvest" in page
