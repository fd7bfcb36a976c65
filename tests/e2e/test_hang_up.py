"""A terminal that goes away: a lost ssh connection, a closed window, a killed multiplexer."""

from bench.terminal import Terminal
from tests.e2e.conftest import Workspace
from tests.e2e.test_story import open_text_block

LONG = "word " * 60


def hang_up_while_typing(window: Terminal) -> None:
    open_text_block(window)
    window.type("First. ")
    window.wait_for("saved here|synced")
    window.press(LONG, gap=0.0)
    window.hang_up()


def test_the_program_ends_and_frees_its_drafts(workspace: Workspace) -> None:
    window = workspace.open(size=(80, 24))
    hang_up_while_typing(window)
    window.process.wait(60)
    again = workspace.open(size=(80, 24))
    open_text_block(again)
    again.wait_for("First. ")
