"""`backup FILE` and `restore FILE`.

Only PostgreSQL needs its driver and the migrations, which are a quarter of what there is to load.
"""

import argparse
import asyncio
import errno
import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from backend.backup import postgres
from backend.backup.quiet import Quieted, quiet
from backend.backup.sqlite_copy import checked_version, copy_database
from backend.backup.sqlite_restore import restore_sqlite
from backend.begin import begin
from backend.db.engine import Database, make_engine
from backend.folder_lock import locked_folder
from backend.refusals import SettingsError
from backend.secret_key import load_secret_keys
from backend.settings import Settings
from contract.clock import Clock, SystemClock


def _admin(options: argparse.Namespace) -> str:
    if not options.admin_url:
        raise SettingsError("With PostgreSQL this needs an administrator: add --admin-url URL.")
    return str(options.admin_url)


def _database_file(settings: Settings) -> Path:
    return Path(make_url(settings.database_url).database or "")


def _backup(settings: Settings, options: argparse.Namespace) -> dict[str, object]:
    target: Path = options.file
    if settings.on_postgresql:
        from backend.db.setup import admin_url

        postgres.dump(admin_url(_admin(options)), target)
        return {"file": str(target), "bytes": target.stat().st_size}
    source = _database_file(settings)
    if not source.exists():
        raise FileNotFoundError(errno.ENOENT, "there is no database yet", str(source))
    copy_database(source, target)
    return {"file": str(target), "bytes": target.stat().st_size, "version": checked_version(target)}


def _restore(settings: Settings, options: argparse.Namespace, clock: Clock) -> dict[str, object]:
    now = clock.now()
    if settings.on_postgresql:
        found, aside = _restore_postgres(settings, options, now)
    else:
        keys = load_secret_keys(settings)
        with locked_folder(settings.data_dir):
            found, aside = restore_sqlite(options.file, _database_file(settings), keys, now)
    return {"file": str(options.file), "aside": str(aside) if aside else None, **asdict(found)}


def _restore_postgres(
    settings: Settings, options: argparse.Namespace, now: datetime
) -> tuple[Quieted, Path | None]:
    from backend.db.setup import admin_url, set_up

    url = admin_url(_admin(options))
    if not options.file.exists():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(options.file))
    postgres.refuse_while_used(url)
    set_up(url)
    aside = settings.data_dir / f"before-restore-{now:%Y%m%dT%H%M%SZ}.dump"
    postgres.dump(url, aside)
    postgres.load(url, options.file)
    set_up(url)
    return asyncio.run(_quiet_postgres(settings, now)), aside


async def _quiet_postgres(settings: Settings, now: datetime) -> Quieted:
    database = Database(make_engine(settings.database_url))
    try:
        return await quiet(database, load_secret_keys(settings), now)
    finally:
        await database.close()


def _say_backup(done: dict[str, object]) -> str:
    return (
        f"The database is in {done['file']}, {done['bytes']} bytes, checked.\n"
        "Keep the secret key as well, and elsewhere: the passwords of sending accounts need it."
    )


def _say_restore(done: dict[str, object]) -> str:
    lines = [f"The database is now the one from {done['file']}."]
    if done["aside"]:
        lines.append(f"The one before is kept in {done['aside']}.")
    if done["campaigns"] or done["sequences"]:
        lines.append(
            f"Paused: {done['campaigns']} campaigns and {done['sequences']} sequences. Nobody knows what was "
            "mailed after the backup; look before you resume them."
        )
    if done["locked_accounts"]:
        lines.append(
            f"{done['locked_accounts']} sending accounts have a password that this secret key does not open; "
            "enter it again."
        )
    return "\n".join(lines)


def main(options: argparse.Namespace) -> None:
    """Raises what `__main__` turns into sentences."""
    settings = begin(options)
    if options.command == "backup":
        done = _backup(settings, options)
        words = _say_backup(done)
    else:
        done = _restore(settings, options, SystemClock())
        words = _say_restore(done)
    sys.stdout.write((json.dumps(done) if options.json else words) + "\n")
