"""A newsletter from nothing to its test mail: in the smallest terminal, by keys that the screen names.

Every key beyond letters, tab, enter and escape is looked for on the screen before it is pressed.
"""

from __future__ import annotations

from tests.tui.composer_driver import Writer
from tests.tui.driver import Person, opened
from tui.commands import say_key
from tui.memory import World
from tui.widgets.words import Words

TEA = "https://shop.example/oolong.png"
CUP = "https://shop.example/cup.png"


class Newcomer:
    """Somebody who has read no manual."""

    def __init__(self, person: Person) -> None:
        self.person = person

    async def presses_what_is_shown(self, key: str, words: str) -> None:
        """A key that the screen names together with what it does."""
        flat = " ".join(self.person.screen.split())
        assert f"{say_key(key)} {words}" in flat or f"{words} {say_key(key)}" in flat, self.person.screen
        await self.person.press(key)

    async def writes(self, text: str) -> None:
        await self.person.pastes(text)

    async def adds(self, letter: str, kind: str, *, where: str = "") -> None:
        await self.person.press("a")
        self.person.sees(f"Add a block {where}".strip(), "a letter or enter adds it")
        await self.presses_what_is_shown(letter, kind)

    async def goes_to(self, label: str) -> None:
        """By tab, as the hint line says."""
        self.person.sees("tab Next field")
        for _ in range(12):
            row = next(r for r in self.writer.place.form.rows if r.spec.label == label)
            if row.field.has_focus:
                return
            await self.person.press("tab")
        raise AssertionError(f"tab never came to {label}\n{self.person.screen}")

    @property
    def writer(self) -> Writer:
        place = self.person.app.place
        return Writer(self.person, place.session.id)  # type: ignore[union-attr]


async def test_a_newsletter_with_columns_pictures_a_condition_and_a_footer(world: World) -> None:
    async with opened(world, size=(80, 24)) as person:
        ana = Newcomer(person)
        await starts(ana)
        await fills_the_columns(ana)
        await adds_for_some_and_the_footer(ana)
        await chooses_who_gets_it(ana)
        await looks_as_three_people(ana)
        await reviews_and_sends_a_test(ana)


async def starts(ana: Newcomer) -> None:
    await ana.presses_what_is_shown("n", "New")
    await ana.writes("Winter news")
    await ana.person.press("enter")
    await ana.writes("Winter is here, ")
    await ana.person.press("{", "{", "n", "a")
    ana.person.sees("enter takes it, esc closes")
    await ana.person.press("enter")
    ana.person.sees("Type what those without it read: Name", "tab goes on behind it")
    await ana.writes("you")
    await ana.person.press("tab", "enter")
    await ana.writes("Three teas")
    await ana.person.press("enter")
    await ana.presses_what_is_shown("enter", "Edit")
    await ana.writes("Hello.")
    await ana.presses_what_is_shown("escape", "Back to blocks")
    mail = ana.writer.stored["contentJson"]
    assert (mail["subject"], mail["preheader"]) == ("Winter is here, {{ name | you }}", "Three teas")
    assert ana.writer.blocks[0]["text"] == "Hello."


async def fills_the_columns(ana: Newcomer) -> None:
    await ana.adds("c", "columns", where="below the text")
    await ana.presses_what_is_shown("escape", "Back to blocks")
    for number, (picture, says) in enumerate([(TEA, "Oolong"), (CUP, "A cup")], start=1):
        await ana.person.press("down")
        ana.person.sees("empty: a adds", "A column. Press a to add a block to it")
        await ana.adds("i", "image", where=f"in column {number}")
        await ana.writes(picture)
        await ana.person.press("tab")
        await ana.writes(says)
        await ana.presses_what_is_shown("escape", "Back to blocks")
    cells = ana.writer.blocks[1]["cells"]
    assert [[leaf["src"] for leaf in cell] for cell in cells] == [[TEA], [CUP]]


async def adds_for_some_and_the_footer(ana: Newcomer) -> None:
    await ana.person.press("up", "up", "up", "up")
    await ana.adds("t", "text", where="below the columns")
    await ana.writes("Ten percent off.")
    await ana.goes_to("Align")
    ana.person.sees("←→ Choose")
    await ana.person.press("right")
    await ana.goes_to("Only if")
    ana.person.sees('for some only: plan = "pro"')
    await ana.writes('plan = "pro"')
    await ana.presses_what_is_shown("escape", "Back to blocks")
    assert ana.writer.blocks[2]["align"] == "center"
    assert ana.writer.blocks[2]["showIf"] == {"field": "plan", "op": "eq", "value": "pro"}
    await ana.person.press("G", "enter")
    await ana.goes_to("Postal addr.")
    await ana.writes("Street 1, Lisbon")
    await ana.presses_what_is_shown("escape", "Back to blocks")
    assert ana.writer.types == ["text", "columns", "text", "footer"]
    assert ana.writer.blocks[3]["address"] == "Street 1, Lisbon"


async def chooses_who_gets_it(ana: Newcomer) -> None:
    ana.person.sees("nobody yet: choose a segment with F5")
    await ana.person.press("f5")
    await ana.writes("Subscribers")
    ana.person.sees("enter chooses")
    await ana.person.press("enter")
    ana.person.sees("Subscribers · ")


async def looks_as_three_people(ana: Newcomer) -> None:
    await ana.presses_what_is_shown("f3", "Preview")
    await ana.presses_what_is_shown("f6", "As contact")
    for number in (1, 2, 3):
        if number > 1:
            await ana.presses_what_is_shown("n", "Next contact")
        who = ana.writer.place.query_one("#preview-title", Words)._said.plain
        assert f" {number}/1,131 " in who
        assert f"Winter is here, {who.split('1,131 ')[1].strip()}" in ana.writer.preview
        assert ("Ten percent off." in ana.writer.preview) != ("left out here" in ana.writer.preview)
    await ana.presses_what_is_shown("escape", "Back to blocks")


async def reviews_and_sends_a_test(ana: Newcomer) -> None:
    await ana.presses_what_is_shown("f9", "Send")
    await ana.person.waits(2)
    ana.person.sees("Winter is here", "will get it")
    await ana.presses_what_is_shown("m", "Test mail")
    await ana.writes("me@shop.example")
    await ana.person.press("enter")
    ana.person.was_told("Test mail sent to me@shop.example")
