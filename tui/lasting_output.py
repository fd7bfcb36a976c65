"""Painting to a terminal that may go away at any moment, as ssh connections and closed windows do.

Textual paints from a thread of its own, through a short queue. The first write that fails ends that thread;
then the queue is full, whoever paints waits for ever, and with it the whole program: words are no longer
stored, signals are not heard, and the locks of open drafts are never given back. So a terminal that is gone
takes what is written to it and forgets it; the hangup signal ends the program in the usual way.
"""

from typing import IO, Any

from textual.driver import Driver


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
    """The same driver, for a terminal that may go away."""

    class LastingDriver(driver):  # type: ignore[misc,valid-type]
        def __init__(self, *positional: Any, **named: Any) -> None:
            super().__init__(*positional, **named)
            file: IO[str] | None = getattr(self, "_file", None)
            if file is not None:
                self._file = LastingOutput(file)

    return LastingDriver
