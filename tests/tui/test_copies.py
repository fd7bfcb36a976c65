"""The review looks at every recipient's copy, says how far it is, and names whose would break."""

import asyncio

import pytest

from contract.preflight import BrokenCopy, PreflightPage
from contract.problems import InvalidError, NotReadyError
from sync.errors import RefusedError
from tests.tui.composer_driver import writing
from tui.memory import World

GAP = BrokenCopy(contact_id="1", email="ann@example.org", name="Ann [/b]", missing=["city", "plan"])
OUT = BrokenCopy(
    contact_id="2",
    email="bo@example.org",
    faults=["cannot be mailed: To: no", "site is not an address that a link can have"],
    left_out=True,
)


def pages(*broken: list[BrokenCopy], checked: int = 500) -> list[PreflightPage]:
    last = len(broken) - 1
    return [
        PreflightPage(checked=checked, broken=found, next_cursor=None if n == last else str(n + 1))
        for n, found in enumerate(broken)
    ]


async def test_whole_copies_are_counted(world: World) -> None:
    async with writing(world) as (person, _):
        await person.press("f9")
        person.sees("1,130 looked at, all of them whole", "Ready: 1,130 contacts")
        await person.press("c")
        person.was_told("No copy is known to break")


async def test_whose_copy_breaks_is_shown_with_names_and_reasons(world: World) -> None:
    world.sending.preflight_pages = pages([GAP], [OUT], checked=565)
    async with writing(world) as (person, _):
        await person.press("f9")
        person.sees("1,130 looked at, 1 copy with gaps, 1 cannot be mailed")
        person.sees("~ warning", "1 copy with gaps, 1 cannot be mailed. c shows whose, and why.")
        await person.press("c")
        assert person.crumbs == ("Campaigns", "Spring offer", "Review", "Copies")
        person.sees("Ann [/b]", "ann@example.org", "mailed so", "has no city; has no plan")
        person.sees("bo@example.org", "not mailed", "cannot be mailed: To: no")
        await person.press("down")
        person.sees("bo@example.org: cannot be mailed: To: no; site is not an address that a link can have.")


async def test_the_share_without_a_field_is_what_was_counted(world: World) -> None:
    world.sending.preflight_pages = pages([GAP] * 113, checked=1_130)
    async with writing(world) as (person, writer):
        await writer.types_subject("News for {{ city }}")
        await person.press("f9")
        person.sees("10 % of the audience has no city")


async def test_when_nobody_can_be_mailed_it_does_not_go(world: World) -> None:
    world.sending.preflight_pages = pages([OUT] * 3, checked=3)
    async with writing(world) as (person, _):
        await person.press("f9")
        person.sees("! must be fixed", "3 cannot be mailed", "1 thing must be fixed first")


async def test_it_shows_how_far_it_is_and_can_be_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    found = iter(pages([GAP], [OUT]))

    async def preflight(_id: str, cursor: str | None) -> PreflightPage:
        if cursor is not None:
            await gates[0].wait()
        return next(found)

    monkeypatch.setattr(world.sending, "preflight", preflight)
    async with writing(world) as (person, _):
        await person.press("f9")
        person.sees("500 of 1,130 looked at")
        await person.press("x")
        gates[0].set()
        await person.settle()
        person.sees("1,000 looked at")


async def test_a_refusal_stands_against_sending(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_id: str, _cursor: str | None) -> PreflightPage:
        raise RefusedError(NotReadyError("There is no sending account yet."))

    monkeypatch.setattr(world.sending, "preflight", refuse)
    async with writing(world) as (person, _):
        await person.press("f9")
        person.sees("! must be fixed", "There is no sending account yet.")


async def test_a_mail_that_changes_meanwhile_is_looked_at_again_on_demand(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def drifts(_id: str, cursor: str | None) -> PreflightPage:
        if cursor is not None:
            raise RefusedError(InvalidError.at("cursor", "this cursor belongs to another sort or filter"))
        return pages([GAP], [])[0]

    monkeypatch.setattr(world.sending, "preflight", drifts)
    async with writing(world) as (person, _):
        await person.press("f9")
        person.sees("changed meanwhile", "Ready")
        monkeypatch.undo()
        await person.press("R")
        person.sees("all of them whole")
