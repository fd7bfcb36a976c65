"""Who leaves a screen while the server is asked leaves it for good: an answer too late is no mistake."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from textual.command import CommandPalette

from localstore.records import DocKind
from sync.errors import OfflineError
from tests.tui.any_keys import key_event
from tests.tui.composer_driver import writing
from tests.tui.driver import opened
from tui.memory import World


def answers_too_late(monkeypatch: pytest.MonkeyPatch, service: object, name: str) -> list[str]:
    """Its answer comes in the moment in which the screen that asked is taken down.

    A worker is cancelled after its screen's widgets are gone; this one goes on. The list says that it did.
    """
    real = getattr(service, name)
    came: list[str] = []

    async def late(*args: Any, **kwargs: Any) -> Any:
        answer = await real(*args, **kwargs)
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        came.append(name)
        return answer

    monkeypatch.setattr(service, name, late)
    return came


@pytest.mark.parametrize(
    ("service", "name", "keys"),
    [
        ("rules", "show", "f9 t escape"),
        ("contacts", "page", "w escape"),
        ("templates", "list", "escape escape t escape"),
        ("templates", "list", "T a enter escape"),
        ("sending", "act", "f9 S tab enter u s"),
        ("sending", "funnel", "f9 escape"),
        ("accounts", "list", "escape escape 7 1"),
    ],
)
async def test_an_answer_for_a_screen_that_was_left_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, service: str, name: str, keys: str
) -> None:
    came = answers_too_late(monkeypatch, getattr(world, service), name)
    async with writing(world) as (person, _):
        await person.press(*keys.split())
        person.sees("Spring offer")
    assert came


def answers_when_told(monkeypatch: pytest.MonkeyPatch, service: object, name: str) -> asyncio.Event:
    """It is done, or refused, and the person hears of it once this event is set."""
    real = getattr(service, name)
    told = asyncio.Event()

    async def slowly(*args: Any, **kwargs: Any) -> Any:
        await told.wait()
        return await real(*args, **kwargs)

    monkeypatch.setattr(service, name, slowly)
    return told


async def test_who_went_to_another_place_still_hears_that_it_could_not_be_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = answers_when_told(monkeypatch, world.sending, "send")
    async with writing(world) as (person, _):
        await person.press("f9", "S", "tab", "enter", "2")
        world.hub.offline = True
        told.set()
        await person.settle()
        person.was_told("The server cannot be reached")


async def test_an_answer_ends_its_own_dialog_and_not_what_stands_in_front_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = answers_when_told(monkeypatch, world.sending, "act")
    async with writing(world) as (person, _):
        await person.press("f9", "S", "tab", "enter", "u", "ctrl+p")
        told.set()
        await person.settle()
        assert CommandPalette.is_open(person.app)
        await person.press("escape")
        assert not person.app.screen.is_modal
        assert person.crumbs == ("Campaigns", "Spring offer", "Review")
        person.was_told("Taken back")


async def test_a_step_that_is_taken_out_elsewhere_is_left_and_not_the_question_in_front_of_it(
    world: World,
) -> None:
    async with opened(world) as person:
        await person.press("4", "enter", "enter", "f5")
        draft = next(draft for draft in world.drafts.all() if draft.kind is DocKind.SEQUENCE)
        world.drafts.put(draft.kind, draft.id, draft.content | {"steps": []}, draft.facts)
        world.hub.changed()
        await person.settle()
        assert person.app.screen.is_modal
        await person.press("escape")
        assert person.crumbs == ("Sequences", "Welcome")


async def test_what_was_confirmed_is_sent_to_those_who_were_counted_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the question stands, an approval may be refused and the audience counted again."""
    pinned: list[Any] = []

    async def send(*_: Any, audience_hash: str | None, **__: Any) -> None:
        pinned.append(audience_hash)
        raise OfflineError

    monkeypatch.setattr(world.sending, "send", send)
    async with writing(world) as (person, _):
        await person.press("f9", "S")
        review: Any = person.app.place
        counted, review.funnel = review.funnel, None
        await person.press("tab", "enter")
        assert pinned == [counted.audience_hash]


async def test_copies_are_looked_at_though_counting_began_again(world: World) -> None:
    async with writing(world) as (person, _):
        await person.press("f9")
        review: Any = person.app.place
        await review._count()
        review.do_reload()  # before the worker that looks has begun
        await person.settle()
        person.sees("Ready")


@pytest.mark.parametrize("keys", ["A down enter", "s down enter", "f2 x enter"])
async def test_a_choice_that_is_still_being_stored_when_the_mail_is_left(
    world: World, monkeypatch: pytest.MonkeyPatch, keys: str
) -> None:
    """The disk takes a moment; whoever picks an account and presses escape at once is faster."""
    async with writing(world) as (person, writer):
        before = writer.stored
        stored = answers_when_told(monkeypatch, writer.place.session._editing, "change")
        *first, choose = keys.split()
        await person.press(*first)
        person.app.post_message(key_event(choose))
        await person.settle()
        _ = person.app.pop_screen()
        await person.settle()
        stored.set()
        await person.settle()
        assert person.crumbs == ("Campaigns",)
        assert writer.stored != before
