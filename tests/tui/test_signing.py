"""Signing in and out, and what the badge says in each of its states."""

import pytest

from localstore.records import DocKind, Hold, MassDeletion
from tests.tui.conftest import Shot
from tests.tui.driver import opened
from tui.memory import World
from tui.memory.world import doc_id

SPRING = doc_id(27)


@pytest.fixture
def team(world: World) -> World:
    world.hub.server = "https://mail.example"
    return world


def typed(world: World) -> None:
    world.hub.offline = True
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    world.drafts.store(DocKind.CAMPAIGN, SPRING, draft.content | {"name": "Typed on the train"})


class TestSigningIn:
    async def test_the_badge_leads_there(self, team: World) -> None:
        team.hub.signed_out = True
        async with opened(team) as person:
            assert person.badge == "sign in"
            await person.pilot.click("AutosaveBadge")
            await person.settle()
            person.sees("https://mail.example", "goes to the server once you are signed in")

    async def test_a_wrong_password_is_said_and_the_right_one_leads_back(self, team: World) -> None:
        team.hub.signed_out = True
        async with opened(team) as person:
            await person.goes("signin")
            await person.press("enter")
            await person.types("wrong")
            await person.press("enter")
            person.sees("E-mail or password is wrong.")
            person.app.focused.value = ""
            await person.types("right")
            await person.press("enter")
            assert person.badge.startswith("synced")
            assert person.crumbs == ("Campaigns",)

    async def test_alone_nobody_signs_in(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("signin")
            person.was_told("nobody needs to sign in")


class TestSigningOut:
    async def test_names_what_the_server_does_not_have_and_keeps_it(self, team: World) -> None:
        typed(team)
        async with opened(team) as person:
            await person.goes("signout")
            person.sees("1 document not at the server yet:", "Typed on the train")
            await person.press("enter")
            assert team.sync.left == "kept"
            person.was_told("Your drafts stay here.")

    async def test_exports_first_when_asked(self, team: World) -> None:
        typed(team)
        async with opened(team) as person:
            await person.goes("signout")
            await person.press("j", "j", "enter")
            assert team.drafts.exported == ["/exports/Typed on the train.json"]
            assert team.sync.left == "kept"

    async def test_while_offline_it_does_not_sync_and_stays(self, team: World) -> None:
        typed(team)
        async with opened(team) as person:
            await person.goes("signout")
            await person.press("j", "enter")
            assert team.sync.left is None
            person.was_told("The server cannot be reached")

    async def test_discarding_needs_the_word(self, team: World) -> None:
        typed(team)
        async with opened(team) as person:
            await person.goes("signout")
            await person.press("G", "enter")
            await person.types("yes")
            await person.press("enter")
            assert team.sync.left is None
            person.app.focused.value = ""
            await person.types("discard")
            await person.press("enter")
            assert team.sync.left == "discarded"

    async def test_pictures(self, team: World, shot: Shot) -> None:
        typed(team)
        async with opened(team) as person:
            await person.goes("signout")
            assert await shot(person, "sign-out")
            await person.press("escape")
            await person.goes("signin")
            assert await shot(person, "sign-in")


class TestMassDeletion:
    async def test_is_asked_about_and_answered(self, world: World) -> None:
        world.sync.deletion = MassDeletion(7, 8)
        async with opened(world) as person:
            assert person.badge == "1 conflict"
            await person.goes("sync")
            person.sees("7 of 8 documents were deleted on the server")
            await person.press("K")
            assert world.sync.answers == ["keep"]

    async def test_letting_them_go_is_asked_twice(self, world: World) -> None:
        world.sync.deletion = MassDeletion(7, 8)
        async with opened(world) as person:
            await person.goes("sync")
            await person.press("Y", "enter")
            assert world.sync.answers == []
            await person.press("Y", "tab", "enter")
            assert world.sync.answers == ["allow"]


def saved(world: World) -> None:
    draft = world.drafts.get(DocKind.CAMPAIGN, SPRING)
    world.drafts.store(DocKind.CAMPAIGN, SPRING, draft.content)


def _hold(hold: Hold, detail: str):
    return lambda world: world.drafts.hold(DocKind.CAMPAIGN, SPRING, hold, detail)


STATES = {
    "synced": lambda world: None,
    "saved": saved,
    "offline": typed,
    "conflict": _hold(Hold.CONFLICT, "Someone changed this."),
    "rejected": _hold(Hold.REJECTED, "name: at most 200 characters"),
    "sign-in": lambda world: setattr(world.hub, "signed_out", True),
    "not-saved": lambda world: setattr(world.hub, "not_saved", True),
    "mass-deletion": lambda world: setattr(world.sync, "deletion", MassDeletion(7, 8)),
    "rewound": _hold(Hold.REWOUND, "The server was restored to an older state of this."),
    "locked": _hold(Hold.LOCKED, "It was scheduled by someone else while you changed it."),
    "parent": _hold(Hold.NEEDS_PARENT, "waits for the segment “VIPs”"),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
async def test_every_state_of_the_badge(world: World, shot: Shot, state: str) -> None:
    """On the screen that explains it."""
    STATES[state](world)
    async with opened(world) as person:
        await person.goes("sync")
        assert await shot(person, f"badge-{state}")
