"""`handbill bounces read FILE|FOLDER|-`: mails that came back, from a pipe, a file or a maildir.

Of a maildir the unread mails are read, and each is marked as seen once the server knows it: the command can
run every minute, and whatever it could not bring there it tries again.
"""

import argparse
import asyncio
import base64
import sys
from pathlib import Path

from cli import output, records
from cli.failures import USAGE, CommandError
from cli.remote import signed_in
from cli.words import word
from contract.bounces import LONGEST
from sync.api import Api

COLUMNS = ("kind", "email", "state", "suppressed", "reason")
STDIN = "-"
_SEEN = "S"


def bounces(options: argparse.Namespace) -> int:
    """Read."""
    return asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> int:
    source = word(options, 0, "a file, a maildir, or - for standard input")
    folder = _folder(source)
    async with signed_in(options) as api:
        if folder is not None:
            await _read_maildir(api, folder, options)
        else:
            await _bring(api, _one(source), options)
    return 0


def _folder(source: str) -> Path | None:
    """Not of a file."""
    return Path(source) if source != STDIN and Path(source).is_dir() else None


def _one(source: str) -> bytes:
    if source == STDIN:
        return sys.stdin.buffer.read(LONGEST)
    try:
        with Path(source).open("rb") as file:
            return file.read(LONGEST)
    except OSError as error:
        message = f"{source} cannot be read: {error.strerror}."
        raise CommandError(message, USAGE) from error


async def _bring(api: Api, mail: bytes, options: argparse.Namespace) -> None:
    if not mail:
        message = "There is no mail to read."
        raise CommandError(message, USAGE)
    body = {"message": base64.b64encode(mail).decode()}
    for bounce in (await api.call("POST", "/api/bounces", body=body)).body["bounces"]:
        records.line(bounce, COLUMNS, as_json=options.json)


def _flags(path: Path) -> str:
    """A maildir keeps them in the name, behind `:2,`."""
    return path.name.partition(":2,")[2]


def _unread(folder: Path) -> list[Path]:
    """Oldest first, as far as names tell."""
    if not all((folder / part).is_dir() for part in ("new", "cur", "tmp")):
        message = f"{folder} is not a maildir: expected the folders new, cur and tmp in it."
        raise CommandError(message, USAGE)
    mails = [path for part in ("new", "cur") for path in (folder / part).iterdir() if path.is_file()]
    return sorted((path for path in mails if _SEEN not in _flags(path)), key=lambda path: path.name)


def _mark_seen(folder: Path, path: Path) -> None:
    flags = "".join(sorted({*_flags(path), _SEEN}))
    path.rename(folder / "cur" / f"{path.name.partition(':2,')[0]}:2,{flags}")


async def _read_maildir(api: Api, folder: Path, options: argparse.Namespace) -> None:
    mails = await asyncio.to_thread(_unread, folder)
    for path in mails:
        await _bring(api, _one(str(path)), options)
        _mark_seen(folder, path)
    output.words(f"{len(mails)} {'mail' if len(mails) == 1 else 'mails'} read.")
