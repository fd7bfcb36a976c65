"""`db-setup`, `db-status` and `db-upgrade`: what an administrator does with the database as a whole."""

import argparse
import asyncio
import json
import os
import sys
from dataclasses import asdict, dataclass

from sqlalchemy.engine import make_url

from backend.db.engine import make_engine
from backend.db.schema import SCHEMA_VERSION, UnpreparedDatabaseError, prepare_database, read_version
from backend.refusals import SettingsError
from backend.settings import Settings, load_settings

MIN_ROLE_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class Status:
    """Which schema is there and which one this program works with."""

    database: str
    version: int
    expected: int

    @property
    def words(self) -> str:
        """For a person."""
        if self.version == self.expected:
            return f"{self.database}: schema version {self.version}, up to date."
        found = f"schema version {self.version}" if self.version else "no schema yet"
        return f"{self.database}: {found}; this program works with version {self.expected}."


def _passwords() -> list[str]:
    lines = [sys.stdin.readline().rstrip("\n") for _ in range(2)]
    if any(len(line) < MIN_ROLE_PASSWORD for line in lines):
        raise SettingsError(
            "The passwords are not valid: expected two lines, for handbill_app and handbill_worker, "
            f"of at least {MIN_ROLE_PASSWORD} characters."
        )
    return lines


def _set_up(options: argparse.Namespace) -> None:
    from backend.db.setup import admin_url, set_up, urls_for_roles

    url = admin_url(options.admin_url)
    set_up(url, _passwords() if options.passwords_stdin else ())
    serve, worker = urls_for_roles(url)
    sys.stdout.write(
        f"The database is prepared, schema version {SCHEMA_VERSION}. HANDBILL_DATABASE_URL is\n"
        f"  for handbill serve, org and user:  {serve}\n"
        f"  for handbill worker:               {worker}\n"
    )


async def _status(settings: Settings) -> Status:
    engine = make_engine(settings.database_url)
    try:
        shown = make_url(settings.database_url).render_as_string(hide_password=True)
        return Status(shown, await read_version(engine), SCHEMA_VERSION)
    finally:
        await engine.dispose()


async def _migrate(settings: Settings) -> None:
    engine = make_engine(settings.database_url)
    try:
        await prepare_database(engine)
    finally:
        await engine.dispose()


def _upgrade(options: argparse.Namespace) -> None:
    if options.admin_url:
        _set_up(options)
        return
    settings = load_settings(os.environ, options.data_dir)
    if settings.on_postgresql:
        raise UnpreparedDatabaseError("with PostgreSQL this needs an administrator: add --admin-url URL")
    asyncio.run(_migrate(settings))
    sys.stdout.write(f"{asyncio.run(_status(settings)).words}\n")


def main(options: argparse.Namespace) -> None:
    """Raises what `__main__` turns into sentences."""
    if options.command == "db-setup":
        _set_up(options)
    elif options.command == "db-upgrade":
        _upgrade(options)
    else:
        status = asyncio.run(_status(load_settings(os.environ, options.data_dir)))
        sys.stdout.write((json.dumps(asdict(status)) if options.json else status.words) + "\n")
