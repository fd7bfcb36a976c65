import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from textual import events
from textual.command import CommandPalette
from textual.widgets import Input

from tests.tui.driver import opened
from tui.app import HandbillApp
from tui.commands import COMMANDS, in_scope
from tui.keymap import KeyChoice, KeymapError, load_keymap, parse_keymap
from tui.memory import World


class TestGettingAround:
    async def test_number_keys_are_places_and_each_keeps_its_stack(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("2")
            await person.goes("sync")
            assert person.crumbs == ("Segments", "Sync status")
            await person.press("5")
            assert person.crumbs == ("Outbox",)
            await person.press("2")
            assert person.crumbs == ("Segments", "Sync status")
            await person.press("2")
            assert person.crumbs == ("Segments",)

    async def test_minus_goes_back(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("sync")
            await person.press("minus")
            assert person.crumbs == ("Campaigns",)

    async def test_back_on_the_first_screen_stays_there(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("minus", "escape")
            assert person.crumbs == ("Campaigns",)

    async def test_a_beginning_is_enough(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("out")
            assert person.crumbs == ("Outbox",)

    async def test_an_unknown_place_is_named_and_the_prompt_stays(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("nowhere")
            person.sees("There is no place “nowhere”.")
            await person.press("escape")
            assert person.crumbs == ("Campaigns",)

    async def test_tab_completes_place_and_filter(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("colon")
            await person.types("camp")
            await person.press("tab")
            await person.types("campaigns status=dr")
            await person.press("tab")
            assert person.app.screen.query_one(Input).value == "campaigns status=draft"

    async def test_escape_leaves_the_prompt(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("colon", "escape")
            assert person.crumbs == ("Campaigns",)

    async def test_the_badge_opens_the_sync_status(self, world: World) -> None:
        async with opened(world) as person:
            await person.pilot.click("AutosaveBadge")
            await person.settle()
            assert person.crumbs[-1] == "Sync status"


class TestHelpAndPalette:
    async def test_help_lists_the_commands_of_the_place_and_their_keys(self, world: World) -> None:
        async with opened(world, size=(100, 60)) as person:
            await person.press("question_mark")
            person.sees("Here: campaigns", "Duplicate", "In every list", "Everywhere", "ctrl+p")
            await person.press("escape")
            assert not person.app.screen.is_modal

    async def test_help_shows_the_keys_in_force(self, world: World) -> None:
        keys = parse_keymap('[keys]\n"campaigns.new" = "ctrl+n"')
        async with opened(world, size=(100, 60), keys=keys) as person:
            await person.press("question_mark")
            person.sees("ctrl+n")

    async def test_the_palette_runs_a_command_of_the_place(self, world: World) -> None:
        async with opened(world) as person:
            await person.press("ctrl+p")
            await person.types("light or dark")
            await person.waits(0)
            await person.press("enter")
            await person.settle()
            assert person.app.theme == "handbill-light"

    async def test_the_palette_stays_when_its_pages_are_turned_before_it_is_painted(
        self, world: World
    ) -> None:
        async with opened(world) as person:
            for key in ("ctrl+p", "down", "pagedown", "pageup"):
                person.app.post_message(events.Key(key, None))
            await person.settle()
            assert CommandPalette.is_open(person.app)

    def test_every_command_is_run_by_a_method_of_its_place(self) -> None:
        from tui.screens.campaigns import CampaignsScreen
        from tui.screens.contacts import ContactsScreen
        from tui.screens.hold import HoldScreen
        from tui.screens.mailbox import MailboxScreen
        from tui.screens.outbox import OutboxScreen
        from tui.screens.report import ReportScreen
        from tui.screens.segment import SegmentDetail
        from tui.screens.segments import SegmentsSection
        from tui.screens.sync_status import SyncStatusScreen
        from tui.widgets.paged_list import PagedList

        places = (
            CampaignsScreen, ContactsScreen, HoldScreen, MailboxScreen, OutboxScreen, ReportScreen,
            SegmentDetail, SegmentsSection, SyncStatusScreen,
        )  # fmt: skip
        owners = {place.SCOPE: place for place in places} | {"app": HandbillApp, "list": PagedList}
        missing = [
            command.id
            for scope, owner in owners.items()
            for command in in_scope(scope)
            if not hasattr(owner, f"do_{command.verb}")
        ]
        assert missing == []

    def test_nothing_destructive_is_on_a_single_small_letter(self) -> None:
        careless = [
            command.id
            for command in COMMANDS.values()
            if command.destructive and any(len(key) == 1 and key.islower() for key in command.keys)
        ]
        assert careless == []


class TestKeymap:
    async def test_another_key_runs_the_command_and_the_old_one_does_not(self, world: World) -> None:
        keys = parse_keymap('[keys]\n"app.segments" = ["ctrl+o", "f9"]')
        async with opened(world, keys=keys) as person:
            await person.press("2")
            assert person.crumbs == ("Campaigns",)
            await person.press("ctrl+o")
            assert person.crumbs == ("Segments",)

    async def test_list_keys_can_be_changed_too(self, world: World) -> None:
        async with opened(world, keys=parse_keymap('[keys]\n"list.bottom" = "f7"')) as person:
            await person.press("f7")
            assert person.line == "February news"

    def test_a_missing_file_is_the_default(self, tmp_path: Path) -> None:
        assert load_keymap(tmp_path / "keymap.toml") == KeyChoice()

    def test_the_vim_preset_has_no_clash(self) -> None:
        assert parse_keymap('preset = "vim"').of("app.back") == ("minus", "escape", "ctrl+o", "h")

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ('[keys]\n"campaigns.fly" = "f"', "campaigns.fly: there is no such command"),
            ('[keys]\n"campaigns.new" = "ctlr+n"', "campaigns.new: there is no key 'ctlr+n'"),
            (
                '[keys]\n"campaigns.new" = "y"',
                "campaigns.duplicate: the key 'y' already belongs to campaigns.new",
            ),
            ('[keys]\n"campaigns.new" = 3', "campaigns.new: expected a key or a list of keys"),
            ('[keys]\n"campaigns.delete" = "d"', "campaigns.delete: destructive"),
            ('preset = "emacs"', "preset: expected one of default, vim"),
            ("colour = 1", "colour: unknown setting"),
            ("= 1", "not valid TOML"),
        ],
    )
    def test_each_mistake_is_named(self, text: str, problem: str) -> None:
        with pytest.raises(KeymapError) as caught:
            parse_keymap(text)
        assert any(line.startswith(problem) for line in caught.value.problems)


class TestSmallScreens:
    async def test_help_stays_in_the_hint_line_at_forty_columns(self, world: World) -> None:
        async with opened(world, size=(40, 12)) as person:
            assert person.screen.splitlines()[-1].rstrip().endswith("? Help")

    async def test_the_nearest_crumb_stays_in_sight(self, world: World) -> None:
        async with opened(world, size=(40, 12)) as person:
            await person.press("2")
            await person.press("enter")
            assert "Lisbon VIPs" in person.screen.splitlines()[0]


class TestQuitting:
    async def test_stores_what_waits_and_calls_the_caller(self, world: World) -> None:
        done: list[str] = []

        async def before_exit() -> None:
            done.append("called")

        async with opened(world, before_exit=before_exit) as person:
            await person.goes("segments lisbon")
            await person.press("enter")
            await person.types("vip = true")
            await person.press("ctrl+q")
        assert done == ["called"]
        assert world.drafts.saves == 1

    async def test_a_signal_asks_nobody(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("segments lisbon")
            await person.press("enter")
            await person.types("vip = true")
            world.hub.not_saved = True
            await person.types("vip = false")
            await person.app.end_now()
            assert not person.app.screen.is_modal
            world.hub.not_saved = False
        assert world.drafts.saves == 2

    async def test_a_signal_ends_it_whatever_storing_does(self, world: World) -> None:
        done: list[str] = []

        async def before_exit() -> None:
            done.append("called")

        async def broken() -> None:
            raise ZeroDivisionError

        async with opened(world, before_exit=before_exit) as person:
            person.app.store_everything = broken  # type: ignore[method-assign,assignment]
            with pytest.raises(ZeroDivisionError):
                await person.app.end_now()
            assert done == ["called"]
            assert not person.app._running or person.app._exit

    async def test_what_cannot_be_stored_is_not_thrown_away_unasked(self, world: World) -> None:
        async with opened(world) as person:
            await person.goes("segments lisbon")
            await person.press("enter")
            world.hub.not_saved = True
            await person.types("vip = true")
            await person.press("ctrl+q")
            person.sees("Quit without storing it?", "what you typed last is lost")
            await person.press("enter")
            assert person.app.is_running
            await person.press("escape")
            assert person.crumbs == ("Segments", "Lisbon VIPs")
            world.hub.not_saved = False
            await person.press("escape")
            assert person.crumbs == ("Segments",)
            assert world.drafts.saves == 1


def reports(folder: Path) -> list[Path]:
    return list(folder.iterdir())


class TestCrash:
    async def test_leaves_a_private_report_without_anything_typed(self, world: World, tmp_path: Path) -> None:
        def boom() -> None:
            token = "hunter2-" + "secret"
            raise RuntimeError(token)

        with pytest.raises(RuntimeError, match="hunter2"):
            async with opened(world, state_folder=tmp_path) as person:
                person.app.call_later(boom)
        assert person.app.return_code == 70
        (report,) = reports(tmp_path)
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
        text = report.read_text()
        assert "RuntimeError" in text
        assert "in boom" in text
        assert "hunter2-secret" not in text

    async def test_a_reading_worker_that_breaks_is_loud(self, world: World) -> None:
        async def broken(*_: object) -> None:
            raise LookupError

        world.contacts.page = broken  # type: ignore[method-assign,assignment]
        with pytest.raises(LookupError):
            async with opened(world) as person:
                await person.press("3")


class TestStart:
    def test_the_first_screen_needs_no_heavy_import(self) -> None:
        code = (
            "import sys, tui.app, tui.screens.campaigns, tui.widgets.paged_list\n"
            "heavy = {'pydantic', 'sqlalchemy', 'httpx', 'litestar', 'jinja2', 'keyring'}\n"
            "print(sorted(heavy & sys.modules.keys()))"
        )
        answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == "[]"

    async def test_after_paint_runs_once_the_first_screen_is_there(self, world: World) -> None:
        seen: list[str] = []

        async def after_paint(app: HandbillApp) -> None:
            seen.append(type(app.screen).__name__)

        async with opened(world, after_paint=after_paint) as person:
            await person.settle()
            assert seen == ["CampaignsScreen"]

    def test_widgets_do_not_import_sync_or_the_store_themselves(self) -> None:
        folder = Path(__file__).parents[2] / "tui" / "widgets"
        guilty = [
            path.name
            for path in folder.glob("*.py")
            for line in path.read_text("utf-8").splitlines()
            if line.strip().startswith(("from sync", "from localstore", "import httpx", "import sqlalchemy"))
        ]
        assert guilty == []

    async def test_an_environment_variable_does_not_choose_the_theme(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(os.environ, "TEXTUAL_THEME", "nord")
        async with opened(world) as person:
            assert person.app.theme == "handbill-dark"
