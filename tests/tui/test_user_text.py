"""Text that would be markup if it were trusted, through every place of the app."""

import copy
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from contract.contacts import Contact
from localstore.records import DocKind
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.world import doc_id
from tui.text import clean, plain, plain_lines

NASTY = "[/] [b 50% [$accent] [@click=app.bell]x"


def _poisoned(contact: Contact) -> Contact:
    fields = contact.fields | {"city": NASTY}
    return contact.model_copy(update={"name": NASTY, "fields": fields})


@pytest.fixture
def poisoned(world: World) -> World:
    for kind, number in ((DocKind.CAMPAIGN, 25), (DocKind.CAMPAIGN, 23), (DocKind.SEGMENT, 13)):
        draft = world.drafts.get(kind, doc_id(number))
        assert draft is not None
        facts = draft.facts | {"text": NASTY, "pausedReason": NASTY}
        world.drafts.put(kind, draft.id, draft.content | {"name": NASTY}, facts)
    sequence = copy.deepcopy(world.drafts.get(DocKind.SEQUENCE, doc_id(40)))
    assert sequence is not None
    sequence.content["steps"][0]["contentJson"]["subject"] = NASTY
    settings = {"goalSegmentId": doc_id(13)}
    world.drafts.store(DocKind.SEQUENCE, sequence.id, sequence.content | {"settings": settings})
    theirs = copy.deepcopy(world.drafts.get(DocKind.CAMPAIGN, doc_id(27)).content)  # type: ignore[union-attr]
    theirs["contentJson"]["subject"] = NASTY
    world.drafts.put_in_conflict(DocKind.CAMPAIGN, doc_id(27), theirs, NASTY)
    world.contacts.everyone[:] = [_poisoned(contact) for contact in world.contacts.everyone]
    world.accounts.all[:] = [
        account.model_copy(update={"name": NASTY, "from_name": NASTY}) for account in world.accounts.all
    ]
    world.suppressions.put(NASTY, NASTY, world.hub.clock.now(), NASTY)
    world.sending.unknown[doc_id(25)] = {1}
    world.mailbox.mails[:] = [
        replace(mail, subject=NASTY, sender=NASTY, text=NASTY, html=NASTY) for mail in world.mailbox.mails
    ]
    return world


WAYS = {
    "campaigns": ("1",),
    "delete question": ("1", "j", "D"),
    "segments": ("2",),
    "contact details": ("3", "enter"),
    "outbox": ("5",),
    "pause question": ("5", "p"),
    "report": ("5", "t"),
    "mails": ("5", "enter"),
    "send again question": ("5", "enter", "S"),
    "accounts": ("7",),
    "remove question": ("7", "D"),
    "dkim": ("7", "d"),
    "suppressions": ("8",),
    "rules": ("9",),
    "settings": ("4", "enter", "S"),
    "time machine": ("4", "enter", "t", "enter"),
    "mailbox": ("6",),
    "mail source": ("6", "v"),
    "hold": ("1", "colon", "s", "y", "enter", "enter"),
    "sync": ("colon", "s", "y", "enter"),
}


class TestHostileText:
    @pytest.mark.parametrize("way", WAYS)
    async def test_is_shown_as_it_is(self, poisoned: World, way: str) -> None:
        async with opened(poisoned, size=(160, 40)) as person:
            await person.press(*WAYS[way])
            person.sees("[/] [b")

    async def test_in_a_segment_and_in_its_explanation(self, poisoned: World) -> None:
        async with opened(poisoned, size=(160, 40)) as person:
            await person.press("2")
            await person.moves_to(NASTY)
            await person.press("enter", "f4")
            await person.types(poisoned.contacts.everyone[0].email)
            await person.press("enter")
            person.sees("[/] [b", "has [/]")

    async def test_typed_into_a_filter_a_name_and_the_prompt(self, poisoned: World) -> None:
        async with opened(poisoned, size=(160, 40)) as person:
            await person.press("slash")
            await person.types(NASTY)
            assert person.list.total == 2
            await person.press("escape", "colon")
            await person.types(NASTY)
            await person.press("enter")
            person.sees("There is no place “[/]”")

    async def test_in_what_a_service_says(self, poisoned: World) -> None:
        async with opened(poisoned) as person:
            poisoned.hub.refuse = NASTY
            await person.press("3")
            person.sees("[/] [b")
            await person.press("5", "p", "tab", "enter")
            person.was_told(NASTY)

    async def test_in_a_toast_about_a_deletion(self, poisoned: World) -> None:
        async with opened(poisoned, size=(120, 24)) as person:
            await person.press("2")
            await person.moves_to(NASTY)
            await person.press("D", "tab", "enter")
            person.was_told(f"Deleted {NASTY}.")
            person.sees("Deleted [/] [b")


_TRUSTING = re.compile(r"(Static|Label|Button)\(f|\.notify\((?!.{0,200}markup=False)", re.DOTALL)


class TestTheCode:
    def test_nowhere_is_text_handed_over_as_markup(self) -> None:
        folder = Path(__file__).parents[2] / "tui"
        careless = [path.name for path in folder.rglob("*.py") if _TRUSTING.search(path.read_text("utf-8"))]
        assert careless == []


class TestTheDoor:
    def test_control_and_direction_characters_are_taken_out(self) -> None:
        assert clean("a\x1b]0;x\x07b\u202ec\nd\te") == "a ]0;x bc d e"

    def test_markup_stays_text(self) -> None:
        assert str(plain(NASTY)) == NASTY
        assert plain(NASTY).spans == []

    def test_lines_stay_lines(self) -> None:
        assert str(plain_lines("a\r\nb\x1b[0m")) == "a\nb [0m"

    def test_a_moment_from_nowhere_is_no_crash(self) -> None:
        from tui.moments import read_moment, say_when

        assert say_when(read_moment("[/]"), datetime(2026, 3, 2, tzinfo=UTC)) == ""
