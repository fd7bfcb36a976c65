"""From what is wrong to where it is put right: what is typed next lands in the field that was meant."""

from typing import Any

import pytest

from localstore.records import DocKind
from render_preview.location import Location
from tests.tui.composer_driver import SPRING, Writer, writing
from tests.tui.driver import opened
from tui.editing.document import location_of
from tui.memory import World
from tui.memory.world import doc_id
from tui.widgets.paged_list import PagedList

WELCOME = doc_id(40)
ADDRESS = "The postal address is missing"
PREHEADER = "The preheader is missing"


def spoil(world: World, **head: str) -> None:
    """The footer loses its address; `head` is what the mail gets instead."""
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    assert draft is not None
    mail = draft.content["contentJson"] | head
    blocks = [b | {"address": ""} if b["type"] == "footer" else b for b in mail["blocks"]]
    content = draft.content | {"contentJson": mail | {"blocks": blocks}}
    world.drafts.put(DocKind.CAMPAIGN, SPRING, content, draft.facts)


async def chooses_finding(writer: Writer, words: str) -> None:
    """By the arrow keys, in the list that has the focus."""
    found = writer.person.app.focused
    assert isinstance(found, PagedList)
    for _ in range(found.total):
        if found.row is not None and words in str(found.row.cells[1]):
            return
        await writer.person.press("down")
    raise AssertionError(f"{words!r} is not in\n{writer.person.screen}")


class TestFromTheChecks:
    async def test_to_the_address_of_the_footer(self, world: World) -> None:
        spoil(world)
        async with writing(world, size=(80, 24)) as (person, writer):
            await writer.checks()
            await person.press("f7")
            await chooses_finding(writer, ADDRESS)
            await person.press("enter", *"Oak")
            footer = writer.blocks[3]
            assert (footer["address"], footer["text"]) == ("Oak", "You get this because you ordered from us.")

    async def test_to_the_preheader(self, world: World) -> None:
        spoil(world, preheader="")
        async with writing(world) as (person, writer):
            subject = writer.stored["contentJson"]["subject"]
            await writer.checks()
            await person.press("f7")
            await chooses_finding(writer, PREHEADER)
            await person.press("enter", *"Oak")
            mail = writer.stored["contentJson"]
            assert (mail["preheader"], mail["subject"]) == ("Oak", subject)

    async def test_to_the_line_of_a_list_of_links(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.chooses(3)
            await person.press("a", "w")
            await person.types("github https://x.example\nmastodon\nrss https://y.example")
            await writer.checks()
            await person.press("escape", "g", "f7")
            await chooses_finding(writer, "The Mastodon link has no address.")
            await person.press("enter", "space", *"tel:1")
            hrefs = [link["href"] for link in writer.blocks[3]["links"]]
            assert hrefs == ["https://x.example", "tel:1", "https://y.example"]

    async def test_without_a_field_to_the_first_of_the_block_or_the_mail(self, world: World) -> None:
        async with writing(world) as (person, writer):
            await writer.place.jump(Location("b4", ("cells", 0)))
            await person.settle()
            assert person.app.focused is writer.row("Words").field
            await writer.place.jump(Location(None, ("theme", "text")))
            await person.settle()
            assert person.app.focused is writer.place.query_one("#subject")

    async def test_in_a_step_of_a_sequence(self, world: World) -> None:
        async with opened(world, size=(120, 40)) as person:
            await person.goes("sequences")
            await person.press("enter", "enter")
            writer = Writer(person, WELCOME)
            at = next(n for n, row in enumerate(writer.place.mail["blocks"], 1) if row["type"] == "footer")
            await writer.chooses(at)
            await writer.enters("Postal addr.", "")
            await writer.checks()
            await person.press("escape", "g", "f7")
            await chooses_finding(writer, ADDRESS)
            await person.press("enter", *"Oak")
            assert writer.place.mail["blocks"][at - 1]["address"] == "Oak"


class TestFromTheReview:
    async def test_to_the_address_of_the_footer(self, world: World) -> None:
        spoil(world)
        async with writing(world) as (person, writer):
            await person.press("f9")
            await chooses_finding(writer, ADDRESS)
            await person.press("enter", *"Oak")
            assert writer.blocks[3]["address"] == "Oak"

    async def test_to_the_preheader(self, world: World) -> None:
        spoil(world, preheader="")
        async with writing(world) as (person, writer):
            await person.press("f9")
            await chooses_finding(writer, PREHEADER)
            await person.press("enter", *"Oak")
            assert writer.stored["contentJson"]["preheader"] == "Oak"


MAIL: dict[str, Any] = {
    "blocks": [
        {"id": "a", "type": "text"},
        {"id": "b", "type": "columns", "cells": [[], [{"id": "c", "type": "button"}]]},
        {"id": "d", "type": "social", "links": [{"network": "x", "href": "y"}]},
    ]
}


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("contentJson.blocks.0.text", Location("a", ("text",))),
        ("contentJson.blocks.1", Location("b")),
        ("contentJson.blocks.1.cells.1.0.href", Location("c", ("href",))),
        ("contentJson.blocks.2.links.0.href", Location("d", ("links", 0, "href"))),
        ("contentJson.preheader", Location(None, ("preheader",))),
        ("contentJson.blocks.9.text", Location(None, ("blocks", 9, "text"))),
        ("accountId", Location(None, ("accountId",))),
    ],
)
def test_where_a_path_of_the_server_leads(path: str, location: Location) -> None:
    assert location_of(MAIL, path) == location
