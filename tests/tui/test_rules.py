import pytest
from textual.widgets import Input

from contract.roles import Role
from tests.tui.driver import opened
from tui.memory import World
from tui.rule_words import read_cap, read_frequency, read_zone


class TestReading:
    @pytest.mark.parametrize(
        ("text", "mails"),
        [("20000", 20_000), ("20,000", 20_000), ("0", 0), ("no limit", 0), ("2,5", None), ("-1", None),
         ("ten", None), ("100000001", None), ("3 7", None), ("٣", None)],
    )  # fmt: skip
    def test_a_cap(self, text: str, mails: int | None) -> None:
        assert read_cap(text) == (None if mails is None else {"dailyCap": mails})

    @pytest.mark.parametrize("text", ["3 in 7", "3 in 7 days", "3 mails within 7 days", "3/7", " 3 per 7 d "])
    def test_mails_and_days(self, text: str) -> None:
        assert read_frequency(text) == {"frequencyMails": 3, "frequencyDays": 7}

    def test_no_mails_is_no_limit_and_half_a_limit_is_none(self) -> None:
        assert read_frequency("0") == {"frequencyMails": 0}
        assert [read_frequency(text) for text in ("3", "0 in 7", "3 in 0", "3 in 366", "1001 in 7")] == [
            None
        ] * 5

    @pytest.mark.parametrize(
        ("text", "zone"),
        [(" Europe/Berlin ", "Europe/Berlin"), ("UTC", "UTC"), ("none", ""), ("", ""), ("Europe", None),
         ("Mars/Olympus", None), ("../UTC", None)],
    )  # fmt: skip
    def test_a_zone(self, text: str, zone: str | None) -> None:
        assert read_zone(text) == (None if zone is None else {"timeZone": zone})


class TestRules:
    async def test_a_switch_is_saved_and_taken_back(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("rules")
            person.sees("Track opens", "off", "tiny picture", "For everyone in Kettle & Crumb")
            await person.press("enter")
            assert world.rules.org.track_opens
            person.was_told("Track opens: on. u takes it back.")
            await person.press("j", "enter", "u", "u")
            assert not world.rules.org.track_opens
            assert not world.rules.org.track_clicks
            await person.press("u")
            person.was_told("Nothing was changed here")

    async def test_what_could_not_be_taken_back_can_be_later(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("9", "enter")
            world.hub.offline = True
            await person.press("u")
            assert world.rules.org.track_opens
            world.hub.offline = False
            await person.press("u")
            assert not world.rules.org.track_opens

    async def test_numbers_are_read_as_people_write_them(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("9", "j", "j", "enter")
            await person.types("lots")
            await person.press("enter")
            person.sees("Two numbers such as 3 in 7")
            await person.types("2 in 14")
            await person.press("enter")
            person.sees("2 in 14 days")
            await person.press("enter")
            assert isinstance(field := person.app.focused, Input)
            assert field.value == "2 in 14 days"
            await person.types("0")
            await person.press("enter", "u", "j", "enter")
            await person.types("20,000")
            await person.press("enter")
        assert (world.rules.org.frequency_mails, world.rules.org.frequency_days) == (2, 14)
        assert world.rules.org.daily_cap == 20_000

    async def test_what_somebody_changed_since_is_not_taken_back(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("9", "j", "j", "j", "enter")
            await person.types("500")
            await person.press("enter")
            world.rules.org = world.rules.org.model_copy(update={"daily_cap": 900})
            await person.press("u")
            person.was_told("Somebody changed it again since")
            person.sees("900")
        assert world.rules.org.daily_cap == 900

    async def test_the_zone_of_those_without_one_and_back(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("9", *"jjjj", "enter")
            person.sees("Such as Europe/Berlin")
            await person.types("Berlin")
            await person.press("enter")
            person.sees("This is no time zone.")
            await person.types("Europe/Berlin")
            await person.press("enter")
            person.was_told("Time zone: Europe/Berlin. u takes it back.")
            assert world.rules.org.time_zone == "Europe/Berlin"
            await person.press("u")
            person.was_told("Time zone: none. It is as it was.")
            assert not world.rules.org.time_zone

    async def test_another_default_account_and_back(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("9", "G")
            person.sees("Shop server", "owners, admins")
            await person.press("enter", "j", "enter")
            person.was_told("Default account: Provider.")
            assert world.accounts.find("2").is_default
            await person.press("u")
            assert world.accounts.find("1").is_default

    async def test_without_an_account_it_says_where_to_add_one(self, first_day: World) -> None:
        async with opened(first_day) as person:
            await person.press("9", "G", "enter")
            person.was_told("There is no sending account yet: press 7 to add one.")

    @pytest.mark.parametrize(("role", "account"), [(Role.ADMIN, True), (Role.MEMBER, False)])
    async def test_who_may_not_is_told_before(self, world: World, role: Role, account: bool) -> None:
        world.rules.as_role = role
        async with opened(world) as person:
            await person.press("9", "enter")
            person.was_told("Only owners may change it.")
            assert not world.rules.org.track_opens
            await person.press("G")
            assert person.hints["Change"] is account

    async def test_where_nothing_can_be_tracked_it_says_so(self, world: World) -> None:
        world.rules.org = world.rules.org.model_copy(update={"public_url": None})
        async with opened(world) as person:
            await person.press("9")
            person.sees("Nothing is tracked yet: the server has no public address.")
            await person.press("j", "j")
            person.does_not_see("Nothing is tracked yet")

    async def test_a_refusal_of_the_server_changes_nothing_here(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("9")
            world.hub.refuse = "Only owners may change the organisation."
            await person.press("enter")
            person.was_told("Only owners may change the organisation.")
            person.sees("off")
            await person.press("u")
            person.was_told("Nothing was changed here")

    async def test_away_it_shows_what_was_seen_last_and_changes_nothing(self, world: World) -> None:
        world.rules.remembered = True
        async with opened(world) as person:
            await person.press("9", "enter")
            person.sees("as last seen: the server is away")
            person.was_told("it can only be changed there")
        assert not world.rules.org.track_opens
