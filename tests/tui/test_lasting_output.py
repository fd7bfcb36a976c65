"""Painting to a terminal that is gone."""

import contextlib
import os
import pty

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from tui.lasting_output import LastingOutput


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
