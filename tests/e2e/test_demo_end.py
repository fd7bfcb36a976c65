"""What a demo leaves behind: nothing."""

from bench.terminal import Terminal
from sync.embedded import IDLE_EXIT_SECONDS
from tests.e2e.conftest import HANDBILL, Workspace, wait_until


def test_its_backend_ends_by_itself_although_something_is_scheduled_for_next_week(
    workspace: Workspace, monkeypatch
) -> None:
    monkeypatch.setattr("sync.embedded.IDLE_EXIT_SECONDS", 2)
    assert IDLE_EXIT_SECONDS == 60
    process = workspace.embedded.start()
    wait_until(workspace.embedded.answers)
    wait_until(lambda: process.poll() is not None)
    assert process.returncode == 0


def test_quitting_is_quiet_and_quick(workspace: Workspace) -> None:
    with Terminal([HANDBILL, "--data-dir", str(workspace.data), "demo"], env=workspace.env) as window:
        window.wait_for("synced")
        window.press("ctrl+q")
        assert window.ended(5) == 0
