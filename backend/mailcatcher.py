"""A mail server that keeps everything and delivers nothing: so that sending really happens without any
account, and a person can read what would have arrived.

    python -P -m backend mailcatcher --smtp-port 2525 --dir mails

It listens on 127.0.0.1 only. A mail is answered with 250 once it is on the disk, one file per recipient,
each with an `X-Envelope-To` line on top.
"""

import argparse
import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
MAX_SIZE = 32 * 1024 * 1024


class Maildir:
    """Files that only this user can read; a name in `new` always stands for a whole mail."""

    def __init__(self, folder: Path) -> None:
        for part in (folder, folder / "tmp", folder / "new", folder / "cur"):
            part.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.chmod(0o700)
        self._folder = folder
        self._numbers = itertools.count()

    def add(self, recipient: str, content: bytes) -> None:
        """Durable when this returns."""
        name = f"{time.time_ns()}.{os.getpid()}_{next(self._numbers)}.handbill"
        draft, final = self._folder / "tmp" / name, self._folder / "new" / name
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"X-Envelope-To: {recipient}\n".encode() + content.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(final)
        _sync_folder(final.parent)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return  # a folder cannot be synced on Windows
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Handler:
    """What aiosmtpd calls."""

    def __init__(self, maildir: Maildir) -> None:
        self._maildir = maildir

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Commands are read from a buffer one after another, so several at once are fine."""
        del server, envelope
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        content = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            await asyncio.to_thread(self._maildir.add, recipient, content)
        return "250 2.0.0 Kept"


@asynccontextmanager
async def running_catcher(folder: Path, port: int = 0) -> AsyncGenerator[int]:
    """Catch mail while the block lasts; gives the port, a free one if none is asked for."""
    loop = asyncio.get_running_loop()
    handler = _Handler(Maildir(folder))
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="localhost", data_size_limit=MAX_SIZE, loop=loop), HOST, port
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _serve(folder: Path, port: int) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with running_catcher(folder, port) as taken:
        print(f"catching mail on {HOST}:{taken} into {folder}", flush=True)  # noqa: T201 - for the person
        await ended.wait()


def main(options: argparse.Namespace) -> None:
    """Catch mail until interrupted."""
    asyncio.run(_serve(options.dir, options.smtp_port))
