"""Steady and loud pictures: a crash fails the test, cursors do not blink, no environment in the report."""

from __future__ import annotations

import inspect
import os
import pickle
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest
import pytest_textual_snapshot as plugin
from rich.console import Console
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input, TextArea

from tests.tui.driver import Person
from tests.tui.stillness import nothing_timed
from tui.memory import World, empty_world, lifelike_world

os.environ.pop("NO_COLOR", None)

Shot = Callable[[Person, str], Awaitable[bool]]


class Svg(plugin.SVGImageExtension):
    """Under the name that older and newer snapshot plugins look for."""

    _file_extension = "svg"
    file_extension = "svg"


def pytest_configure(config: pytest.Config) -> None:
    """Keep the environment (tokens, addresses) out of the report."""
    collect = plugin.retrieve_svg_diffs

    def without_environment(tempdir: object) -> object:
        diffs, passing = collect(tempdir)
        for diff in diffs:
            diff.environment = {}
        return diffs, passing

    plugin.retrieve_svg_diffs = without_environment


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda self: None)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    with nothing_timed():
        yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def world() -> World:
    return lifelike_world()


@pytest.fixture
def first_day() -> World:
    return empty_world(catcher=True)


@pytest.fixture
def shot(snapshot: SnapshotAssertion, request: pytest.FixtureRequest) -> Shot:
    """Compare what the person sees with the stored picture of that name."""
    svg_snapshot = snapshot.use_extension(Svg)
    taken = 0

    async def take(person: Person, name: str) -> bool:
        nonlocal taken
        await person.pilot.wait_for_scheduled_animations()
        await person.settle()
        svg = person.app.export_screenshot(title=name, simplify=True)
        named = svg_snapshot(name=name)
        same = named == svg
        stored = list(named.executions.values())[-1].recalled_data
        _report(request, taken, name, same=same, stored=stored, svg=svg)
        taken += 1
        return same

    return take


def _report(
    request: pytest.FixtureRequest, taken: int, name: str, *, same: bool, stored: object, svg: str
) -> None:
    console = Console(legacy_windows=False, force_terminal=True)
    app = plugin.PseudoApp(plugin.PseudoConsole(console.legacy_windows, console.size))
    path, line, node_name = request.node.reportinfo()
    report = plugin.node_to_report_path(request.node)
    about = inspect.getdoc(request.node.function) or ""
    known = stored is not None
    row = (same, str(stored or ""), svg, app, path, line, f"{node_name} [{name}]", about, "", known)
    report.with_name(f"{report.name}.{taken}").write_bytes(pickle.dumps(row))
