"""Find and replace in a whole mail, taken back in one step."""

from tests.tui.composer_driver import Writer, writing
from tests.tui.driver import Person
from tui.memory import World

COLUMNS = {
    "id": "cols", "type": "columns", "ratio": "1:1",
    "cells": [
        [{"id": "in", "type": "text", "text": "tea and Tea"}],
        [{"id": "l", "type": "list", "items": ["tea", "x"]}],
    ],
}  # fmt: skip
BUTTON = {"id": "b", "type": "button", "label": "Buy tea", "href": "https://tea.example"}
NEWER = {"id": "n", "type": "hologram", "text": "tea"}
FOOTER = {"id": "f", "type": "footer", "text": "", "address": "Road 1", "unsubscribe": "Leave"}
MAIL = {
    "version": 1, "subject": "Spring tea", "preheader": "tea, tea",
    "blocks": [{"id": "t", "type": "text", "text": "New tea"}, COLUMNS, BUTTON, NEWER, FOOTER],
}  # fmt: skip


async def replaces(person: Person, find: str, put: str) -> None:
    await person.press("R")
    await person.types(find)
    await person.press("enter")
    await person.types(put)


async def given(world: World, writer: Writer, person: Person) -> None:
    await writer.place.apply(lambda _: MAIL)
    await writer.chooses(1)


async def test_every_place_is_found_and_one_undo_takes_it_all_back(world: World) -> None:
    async with writing(world) as (person, writer):
        await given(world, writer, person)
        await replaces(person, "tea", "coffee")
        person.sees("In 7 places.")
        await person.press("enter")
        mail = writer.stored["contentJson"]
        text, columns, button, newer, _ = mail["blocks"]
        assert (mail["subject"], mail["preheader"]) == ("Spring coffee", "coffee, coffee")
        assert text["text"] == "New coffee"
        assert columns["cells"][0][0]["text"] == "coffee and Tea"
        assert columns["cells"][1][0]["items"] == ["coffee", "x"]
        assert (button["label"], button["href"]) == ("Buy coffee", "https://tea.example")
        assert newer == NEWER
        await person.press("u")
        assert writer.stored["contentJson"] == MAIL


async def test_what_is_not_there_or_would_not_fit_changes_nothing(world: World) -> None:
    async with writing(world) as (person, writer):
        await given(world, writer, person)
        await replaces(person, "no such", "x")
        person.sees("Not in this mail.")
        await person.press("enter", "escape")
        await replaces(person, "tea", "x" * 300)
        await person.press("enter")
        person.was_told("too long")
        await replaces(person, "Leave", "")
        await person.press("enter")
        assert writer.stored["contentJson"] == MAIL
