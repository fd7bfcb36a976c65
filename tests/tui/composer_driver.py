"""What somebody does who writes a mail: finds a block, fills a field, reads the preview."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.widgets import Input

from localstore.records import DocKind
from tests.tui.driver import Person, opened
from tui.memory import World
from tui.memory.world import doc_id
from tui.screens.block_place import BlockPlace
from tui.widgets.choice_field import ChoiceField
from tui.widgets.fast_text_area import FastTextArea
from tui.widgets.field_row import FieldRow

SPRING = doc_id(27)


class Writer:
    """A person with a mail in front."""

    def __init__(self, person: Person, id: str = SPRING) -> None:
        self.person, self.id = person, id

    @property
    def place(self) -> BlockPlace:
        place = self.person.app.place
        assert isinstance(place, BlockPlace), place
        return place

    @property
    def stored(self) -> dict[str, Any]:
        """What is durable, not what the screen says."""
        draft = self.person.world.drafts.get(DocKind.CAMPAIGN, self.id)
        assert draft is not None
        return draft.content

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return list(self.stored["contentJson"]["blocks"])

    @property
    def order(self) -> list[str]:
        return [block["id"] for block in self.blocks]

    @property
    def types(self) -> list[str]:
        return [block["type"] for block in self.blocks]

    @property
    def preview(self) -> str:
        return self.place.mail_preview.text

    async def chooses(self, number: int) -> None:
        """The block at that place, counted from 1."""
        self.place.blocks.focus()
        self.place.blocks.cursor = number - 1
        await self.person.settle()

    def row(self, label: str) -> FieldRow:
        return next(row for row in self.place.form.rows if row.spec.label == label)

    async def enters(self, label: str, entry: str) -> None:
        """Into a field of the chosen block."""
        field = self.row(label).field
        field.focus()
        await self.person.settle()
        if isinstance(field, ChoiceField):
            for _ in field.choices:
                if field.value != entry:
                    await self.person.press("right")
            assert field.value == entry
        else:
            await self.person.types(entry)

    def entry(self, label: str) -> str:
        return self.row(label).entry

    async def types_subject(self, text: str) -> None:
        self.place.query_one("#subject", Input).focus()
        await self.person.settle()
        await self.person.types(text)

    async def checks(self) -> None:
        """Waits until the mail has been checked after the last key."""
        await self.person.settle()
        await self.person.waits(1)

    @property
    def cursor(self) -> tuple[int, int]:
        area = self.person.app.focused
        assert isinstance(area, FastTextArea)
        return area.cursor_location


@asynccontextmanager
async def writing(
    world: World, name: str = "Spring offer", id: str = SPRING, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[Person, Writer]]:
    """The composer over a campaign of this world."""
    async with opened(world, size=size) as person:
        await person.moves_to(name)
        await person.press("enter")
        yield person, Writer(person, id)
