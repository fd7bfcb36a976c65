"""Painting to a terminal that is gone."""

import contextlib
import os
import pty

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tui.lasting_output import LastingOutput, watch_terminal


def test_nobody_waits_for_a_terminal_that_is_gone() -> None:
    """More paints than Textual's queue holds, and the end of its thread."""
    master, slave = pty.openpty()
    terminal = os.fdopen(slave, "w")
    painting = WriterThread(LastingOutput(terminal))  # type: ignore[arg-type]
    painting.start()
    painting.write("seen")
    assert os.read(master, 10) == b"seen"
    os.close(master)
    for _ in range(MAX_QUEUED_WRITES * 3):
        painting.write("forgotten")
    painting.stop()
    assert not painting.is_alive()
    with contextlib.suppress(OSError):
        terminal.close()


def test_a_terminal_that_is_gone_is_noticed_without_a_signal() -> None:
    """As below `make`: the signal goes to the leader of the session alone."""
    master, slave = pty.openpty()
    told = list[str]()
    watching = watch_terminal(slave, lambda: told.append("gone"))
    os.write(master, b"input is no hangup")
    os.close(master)
    watching.join(10)
    assert told == ["gone"]
    os.close(slave)
