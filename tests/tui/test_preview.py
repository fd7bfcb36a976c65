"""The preview in every form: what it shows is what is sent."""

import tempfile
from pathlib import Path

import pytest

from contract.blocks import load_document
from contract.contact_values import values_of
from render_preview.palette import palette_of
from render_preview.parts import preview_parts
from tests.tui.composer_driver import writing
from tests.tui.driver import Person
from tui.memory import World


def flat(text: str) -> str:
    return "".join(text.split())


async def turns_to(person: Person, words: str) -> None:
    for _ in range(5):
        if words in person.screen:
            return
        await person.press("f4")
    person.sees(words)


async def test_text_and_html_are_those_that_the_contact_gets(world: World) -> None:
    async with writing(world) as (person, writer):
        await person.press("f6")
        page = await world.audience.members(writer.stored["segmentId"], 0, 1)
        values = values_of(page.contacts[0])
        wanted = preview_parts(load_document(writer.stored["contentJson"]), values)
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


async def test_next_and_before_go_through_those_who_would_get_it(world: World) -> None:
    async with writing(world) as (person, writer):
        members = (await world.audience.members(writer.stored["segmentId"], 0, 5000)).contacts
        await person.press("f6", "n")
        person.sees(f"2/{len(members):,} {members[1].name}")
        await person.press("N", "N")
        person.sees(f"{len(members):,}/{len(members):,} {members[-1].name}")


async def test_a_contact_is_found_by_name_and_the_test_mail_is_filled_in_as_for_that_one(
    world: World,
) -> None:
    contact = world.contacts.everyone[700]
    async with writing(world) as (person, writer):
        await person.press("w")
        await person.types(contact.email)
        await person.waits(1)
        await person.press("enter")
        assert f"Hello {contact.name}" in writer.preview
        await person.press("f9", "m")
        person.sees("with the values of", f"{contact.name} ({contact.email})")
        await person.types("ben@example.com")
        await person.press("enter")
        person.was_told("Test mail sent to ben@example.com.")
        assert world.sending.tested_as == [contact.id]


@pytest.mark.parametrize(
    ("words", "shown"),
    [("sample", "Hello Sam Example"), ("longest", "Oberammergau"), ("only an", "Hello friend")],
)
async def test_samples_show_where_a_mail_could_break_offline_too(
    world: World, words: str, shown: str
) -> None:
    async with writing(world) as (person, writer):
        world.hub.offline = True
        await person.press("w")
        await person.types(words)
        await person.waits(1)
        await person.press("enter")
        assert shown in " ".join(writer.preview.split())
        world.hub.offline = False
        await person.press("f9", "m")
        person.sees("with the values of", "a sample")


async def test_a_dark_phone_shows_the_dark_colours_of_the_mail(world: World) -> None:
    async with writing(world) as (person, writer):
        await turns_to(person, "dark phone 38")
        assert "first harvest" in writer.preview
        palette = palette_of(load_document(writer.stored["contentJson"]).theme)
        lines = [strip for y in range(8, 14) for strip in writer.place.mail_preview.render_line(y)]
        backs = {str(part.style.bgcolor.name) for part in lines if part.style and part.style.bgcolor}
        assert palette.card.back.dark in backs
