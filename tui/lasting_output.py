"""A terminal that may go away at any moment, as ssh connections and closed windows do.

Textual paints from a thread of its own, through a short queue. The first write that fails ends that thread;
then the queue is full, whoever paints waits for ever, and with it the whole program: words are no longer
stored, signals are not heard, and the locks of open drafts are never given back. So a terminal that is gone
takes what is written to it and forgets it; the hangup signal ends the program in the usual way.

The signal goes to whoever leads the session alone. A program that `make` or a script started would never hear
of it, and read the end of its input over and over: so the terminal itself is asked.
"""

import select
from collections.abc import Callable
from threading import Thread
from typing import IO, Any

from textual.driver import Driver

from tui.lasting_input import read_anything


class LastingOutput:
    """A text file of which no write fails: after the first that would have, nothing is written any more."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._gone = False

    def write(self, text: str) -> int:
        if not self._gone:
            try:
                self._file.write(text)
            except OSError:
                self._gone = True
        return len(text)

    def flush(self) -> None:
        if not self._gone:
            try:
                self._file.flush()
            except OSError:
                self._gone = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def lasting(driver: type[Driver]) -> type[Driver]:
    """The same driver, for a terminal that may go away and may send anything."""
    read_anything(driver)

    class LastingDriver(driver):  # type: ignore[misc,valid-type]
        def __init__(self, *positional: Any, **named: Any) -> None:
            super().__init__(*positional, **named)
            file: IO[str] | None = getattr(self, "_file", None)
            if file is not None:
                self._file = LastingOutput(file)
            self._begun = False

        def start_application_mode(self) -> None:
            """With a hangup comes the word to go on, as after a stop; there is nothing left to go on with."""
            descriptor: int | None = getattr(self, "fileno", None)
            if self._begun and descriptor is not None and has_hung_up(descriptor, 0):
                return
            self._begun = True
            super().start_application_mode()

    return LastingDriver


def has_hung_up(descriptor: int, wait: int | None = None) -> bool:
    """Whether a terminal is gone, after `wait` milliseconds at most; by itself it waits until it is."""
    poll = select.poll()
    poll.register(descriptor, 0)  # a hangup is told without being asked for, and input is not
    return any(told & select.POLLHUP for _, told in poll.poll(wait))


def watch_terminal(descriptor: int, gone: Callable[[], None]) -> Thread:
    """Call `gone`, in a thread that costs nothing while it waits, once this terminal has hung up."""

    def wait() -> None:
        if has_hung_up(descriptor):
            gone()

    watching = Thread(target=wait, name="terminal-watch", daemon=True)
    watching.start()
    return watching
