"""Driving any program in a pseudo-terminal, as a person at a keyboard would.

Tests play stories with it and benchmarks time it. Output is read by a thread that stamps each chunk when
it arrives, so the emulator's own speed does not enter the figures. The program gets its own session and
is ended by its process group.
"""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "alt+up": "\x1b[1;3A",
    "alt+down": "\x1b[1;3B",
    "ctrl+up": "\x1b[1;5A",
    "ctrl+down": "\x1b[1;5B",
    "ctrl+home": "\x1b[1;5H",
    "ctrl+end": "\x1b[1;5F",
    "shift+up": "\x1b[1;2A",
    "shift+down": "\x1b[1;2B",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f10": "\x1b[21~",
}
_HIDDEN = ("TMUX", "TMUX_PANE", "COLUMNS", "LINES", "NO_COLOR", "PYTHONDONTWRITEBYTECODE")
_ESCAPE_GAP = 0.12
"""An escape is its own key only if nothing follows it for a moment."""


class TerminalError(AssertionError):
    """What was expected did not appear; the text holds the screen."""


def encode(key: str) -> bytes:
    """A key name, `ctrl+x`, or literal text."""
    if key in KEYS:
        return KEYS[key].encode()
    if len(key) == 6 and key.startswith("ctrl+"):
        return bytes([ord(key[5].upper()) & 0x1F])
    return key.encode()


class _Screen(pyte.Screen):
    """pyte's screen, tolerant of what it does not know."""

    def report_device_attributes(self, *_: object, **__: object) -> None:
        return

    def report_device_status(self, *_: object, **__: object) -> None:
        return


class Terminal:
    """One program in one pseudo-terminal. Use it as a context manager."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        size: tuple[int, int] = (160, 45),
    ) -> None:
        self._screen = _Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._chunks: deque[tuple[float, bytes]] = deque()
        self._arrived = threading.Condition()
        self._ended = False
        self._master, slave = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        environment |= dict(env or {})
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads yet
        )
        os.close(slave)
        self._hung_up = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Output

    def _read(self) -> None:
        while not self._hung_up.is_set():
            if not select.select([self._master], [], [], 0.2)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                data = b""
            with self._arrived:
                if data:
                    self._chunks.append((time.perf_counter(), data))
                else:
                    self._ended = True
                self._arrived.notify_all()
            if not data:
                return
            if b"\x1b[c" in data or b"\x1b[0c" in data:
                self._write(b"\x1b[?62;22c")

    def _next(self, seconds: float) -> float | None:
        """Feed the next chunk to the screen; when it arrived, or None after `seconds`."""
        with self._arrived:
            if not self._chunks and not self._ended:
                self._arrived.wait(max(0.0, seconds))
            if not self._chunks:
                return None
            stamp, data = self._chunks.popleft()
        self._stream.feed(data)
        return stamp

    @property
    def text(self) -> str:
        """What is on the screen now, without trailing spaces."""
        self.settle(0.0)
        return self._shown()

    def _shown(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def _look(self) -> list[object]:
        """Characters and their attributes."""
        return [dict(self._screen.buffer[y]) for y in range(self._screen.lines)]

    def settle(self, quiet: float = 0.05, longest: float = 5.0) -> float:
        """Take in output until nothing came for `quiet` seconds; when the last of it arrived."""
        last = time.perf_counter()
        end = last + longest
        while time.perf_counter() < end:
            stamp = self._next(quiet)
            if stamp is None:
                break
            last = stamp
        return last

    def wait_for(self, pattern: str, seconds: float = 60.0) -> float:
        """Until the screen matches; when the chunk that made it match arrived."""
        wanted = re.compile(pattern, re.DOTALL | re.MULTILINE)
        end = time.perf_counter() + seconds
        stamp: float | None = time.perf_counter()
        while not wanted.search(self._shown()):
            left = end - time.perf_counter()
            if left <= 0:
                message = f"{pattern!r} did not appear in {seconds:g} s; the screen was:\n{self._shown()}"
                raise TerminalError(message)
            if self._next(min(left, 0.5)) is None and self._ended and not self._chunks:
                message = f"the program ended with {self.process.poll()}; the screen was:\n{self._shown()}"
                raise TerminalError(message)
            stamp = time.perf_counter()
        return stamp or time.perf_counter()

    def wait_gone(self, pattern: str, seconds: float = 60.0) -> None:
        """Until the screen no longer matches."""
        unwanted = re.compile(pattern, re.DOTALL | re.MULTILINE)
        end = time.perf_counter() + seconds
        while unwanted.search(self._shown()):
            if time.perf_counter() > end:
                message = f"{pattern!r} is still there; the screen was:\n{self._shown()}"
                raise TerminalError(message)
            self._next(0.2)

    # Input

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(self._master, data)

    def press(self, *keys: str, gap: float = 0.03) -> None:
        """Press keys (or type texts), taking in output between them."""
        for key in keys:
            self._write(encode(key))
            self.settle(_ESCAPE_GAP if key == "escape" else gap, 0.5)

    def type(self, text: str, gap: float = 0.02) -> None:
        """Type a text, key by key."""
        self.press(*text, gap=gap)

    def latency(self, key: str, seconds: float = 3.0) -> float | None:
        """Seconds from writing a key to the first output that changes the screen; None if none does."""
        self.settle(0.0)
        before = self._look()
        pressed = time.perf_counter()
        self._write(encode(key))
        while (left := pressed + seconds - time.perf_counter()) > 0:
            stamp = self._next(left)
            if stamp is not None and self._look() != before:
                return stamp - pressed
        return None

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the program alone."""
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait(10)

    def hang_up(self) -> None:
        """Close the terminal as a lost connection or a closed window does."""
        self._hung_up.set()
        self._reader.join()
        os.close(self._master)

    def ended(self, seconds: float = 60.0) -> int:
        """Wait for the program to end by itself; its exit code."""
        end = time.perf_counter() + seconds
        while self.process.poll() is None:
            if time.perf_counter() > end:
                message = f"the program did not end; the screen was:\n{self.text}"
                raise TerminalError(message)
            self._next(0.1)
        code = self.process.poll()
        self.settle(0.05)
        return -1 if code is None else code

    def close(self) -> None:
        """End the program, whatever state it is in."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(3)
        if not self._hung_up.is_set():
            with contextlib.suppress(OSError):
                os.close(self._master)
