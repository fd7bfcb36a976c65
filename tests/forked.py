"""Processes that need not load the program first: the suite starts hundreds, and loading was most of each.

One process for each program loads it once and forks for each start. What is forked has the arguments,
environment, folder and standard streams that it would have, is in the same process group, and becomes a
child of the test's own process: it is waited for, signalled and killed like any other.

What this does not test: the start itself. Whatever is read while modules are loaded is read once, with
the starter's environment; hashes have one seed; the name in the process list is the starter's. Tests of
starting therefore really start (`tests/backend/test_serve.py`, `tests/e2e`), and whatever a program starts in
its turn is real as well.
"""

import atexit
import ctypes
import gc
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

HANDBILL = str(Path(sys.executable).with_name("handbill"))
BACKEND = (sys.executable, "-P", "-m", "backend")
PROGRAMS = {
    "backend": [BACKEND],
    "cli": [(HANDBILL,), (sys.executable, "-P", "-m", "cli.main")],
}
_LONGEST = 200_000
_TAKE_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of Linux."""


def _program(command: list[str]) -> tuple[str, list[str]] | None:
    """What a command line runs, and with which words; None if it is nothing that is kept loaded."""
    for program, beginnings in PROGRAMS.items():
        for beginning in beginnings:
            if tuple(command[: len(beginning)]) == beginning:
                return program, command[len(beginning) :]
    return None


class _Starter:
    """The process that has loaded one program. It ends when this one does: nobody holds its socket then."""

    def __init__(self, program: str) -> None:
        self._control, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = [sys.executable, "-P", __file__, program, str(its.fileno())]
        null = subprocess.DEVNULL
        self._process = subprocess.Popen(words, stdin=null, stdout=null, pass_fds=[its.fileno()])
        its.close()
        atexit.register(self._end)

    def fork(self, request: dict[str, Any], streams: list[int]) -> int:
        """The id of the new process."""
        libc = ctypes.CDLL(None)
        libc.prctl(_TAKE_ORPHANS, 1, 0, 0, 0)
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], streams)
            pid = int(self._control.recv(_LONGEST))
            assert self._control.recv(_LONGEST) == b"orphaned"
        finally:
            libc.prctl(_TAKE_ORPHANS, 0, 0, 0, 0)
        return pid

    def _end(self) -> None:
        self._control.close()
        self._process.wait()


_starters: dict[str, _Starter] = {}
_one_at_a_time = threading.Lock()


class Forked(subprocess.Popen[str]):
    """`subprocess.Popen` in all that comes after the start. Elsewhere than on Linux it is that altogether."""

    def _execute_child(self, args: list[str], *more: Any) -> None:
        found = _program(args)
        if found is None or sys.platform != "linux":
            super()._execute_child(args, *more)  # type: ignore[misc]
            return
        program, words = found
        cwd, environment = more[4:6]
        pipes = more[9:15]
        reading, writing, complaining = pipes[0], pipes[3], pipes[5]
        streams = [
            usual if given == -1 else given for usual, given in enumerate((reading, writing, complaining))
        ]
        request = {
            "words": [args[0], *words],
            "folder": str(cwd or Path.cwd()),
            "environment": dict(os.environ if environment is None else environment),
        }
        with _one_at_a_time:
            if program not in _starters:
                _starters[program] = _Starter(program)
            self.pid = _starters[program].fork(request, streams)
        self._child_created = True
        self._close_pipe_fds(*pipes)  # type: ignore[attr-defined]


def run(
    command: list[str], *, input: str = "", timeout: float = 60, **more: Any
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` that keeps both outputs as text and leaves the exit code to be looked at."""
    pipe = subprocess.PIPE
    with Forked(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, **more) as process:
        try:
            out, errors = process.communicate(input, timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, errors)


# From here on: what runs in the starter.


def _backend() -> Callable[[list[str]], int]:
    from backend import __main__
    from backend.app import _domains

    for command in __main__.COMMANDS:
        __main__._loaded(command)
    _domains()
    for late in ("sqlalchemy.dialects.postgresql.psycopg", "aiosqlite", "backend.mailcatcher"):
        import_module(late)
    return __main__.main


def _cli() -> Callable[[list[str]], int]:
    import cli.main

    for module in pkgutil.iter_modules(cli.__path__):
        import_module(f"cli.{module.name}")
    return cli.main.main


def _serve(control: socket.socket, main: Callable[[list[str]], int]) -> int:
    """Fork for each request; the one in between ends at once, so that the test's process takes its child."""
    while True:
        said, streams, *_ = socket.recv_fds(control, _LONGEST, 3)
        if not said:
            return 0
        assert len(list(Path("/proc/self/task").iterdir())) == 1, "a fork would lose the other thread"
        if os.fork():
            os.wait()
            control.send(b"orphaned")
            for stream in streams:
                os.close(stream)
        elif child := os.fork():
            control.send(str(child).encode())
            os._exit(0)
        else:
            control.detach()
            _become(json.loads(said), streams)
            return main(sys.argv[1:])


def _become(request: dict[str, Any], streams: list[int]) -> None:
    """What a fresh process would find."""
    for usual, stream in enumerate(streams):
        os.dup2(stream, usual)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    sys.argv = request["words"]


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loaded = {"backend": _backend, "cli": _cli}[sys.argv[1]]()
    gc.freeze()
    sys.exit(_serve(socket.socket(fileno=int(sys.argv[2])), loaded))
