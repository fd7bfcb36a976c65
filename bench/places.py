"""Where a benchmark sends: databases as in earnest, and mail servers that take everything."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from backend.db.setup import admin_url, set_up
from tests.backend.postgres.fixtures import Postgres
from tests.backend.postgres.server import programs, running_postgres

PROGRAMS = "/usr/sbin:/usr/bin:/usr/local/sbin"
SMTP_SINK = shutil.which("smtp-sink", path=PROGRAMS)


@dataclass(frozen=True)
class Place:
    """A database: as the server sees it, and as the worker does."""

    name: str
    app_url: str
    worker_url: str


@contextmanager
def sqlite() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/handbill.db"
        yield Place("SQLite", url, url)


@contextmanager
def postgresql(server: Postgres) -> Iterator[Place]:
    server.empty()
    yield Place("PostgreSQL", server.app_url, server.worker_url)


@contextmanager
def running_server() -> Iterator[Postgres | None]:
    """Durable, unlike the tests' own: what was answered is on the disk. None where it cannot run."""
    binaries = programs()
    if binaries is None:
        yield None
        return
    with (
        running_postgres(binaries, quick=False) as folder,
        psycopg.connect(host=str(folder), user="postgres", dbname="postgres", autocommit=True) as admin,
    ):
        server = Postgres(str(folder), "postgres", admin)
        set_up(admin_url(server.admin_url))
        yield server


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postfix_sink(program: str) -> Iterator[int]:
    port = _free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen([program, *user, f"127.0.0.1:{port}", "1000"]) as process:
        try:
            end = time.monotonic() + 10
            while time.monotonic() < end:
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
            yield port
        finally:
            process.kill()


@contextmanager
def own_sink(*words: str) -> Iterator[int]:
    """Ours (bench/smtp_sink.py), with these arguments."""
    command = [sys.executable, "-m", "bench.smtp_sink", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def sink(round_trip_ms: float) -> AbstractContextManager[int]:
    """Postfix's where it is installed and the network is to cost nothing."""
    if SMTP_SINK is not None and not round_trip_ms:
        return postfix_sink(SMTP_SINK)
    return own_sink(str(round_trip_ms))


def counting_sink(taken: Path) -> AbstractContextManager[int]:
    """It notes the address and the moment of each mail, a line each."""
    return own_sink("0", str(taken))
