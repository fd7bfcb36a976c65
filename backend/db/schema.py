"""Bringing a database to this program's schema, or refusing it in a sentence.

SQLite keeps its version in the file's header (`user_version`), so that the usual start costs one read and
never imports Alembic. A file of its own is made from the mapped classes at once; tests hold that equal to
the migrations. PostgreSQL is prepared by an administrator (backend/db/setup.py); here it is only checked.
"""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.db.base import Base
from backend.db.engine import MIGRATING
from backend.refusals import RefusalError

SCHEMA_VERSION = 15
"""The number of the newest step in migrations/versions."""

_ASK_AN_ADMINISTRATOR = "an administrator prepares it with `handbill db setup --admin-url URL`"

_ABOVE_THE_BORDER = text(
    "SELECT rolsuper OR rolbypassrls OR pg_has_role(current_user, c.relowner, 'USAGE')"
    " FROM pg_roles, pg_class c WHERE rolname = current_user AND c.oid = to_regclass('org_user')"
)


class NewerDatabaseError(RefusalError):
    """The database was written by a newer version of Handbill. It is left as it is."""


class NotADatabaseError(RefusalError):
    """The file is there, but it is not a database of Handbill or cannot be read."""


class UnpreparedDatabaseError(RefusalError):
    """A PostgreSQL that an administrator must prepare first. It is left as it is."""


class MigrationError(RefusalError):
    """A migration would leave rows that refer to nothing. It was not kept."""


def revision(version: int) -> str:
    """The name under which Alembic knows a version."""
    return f"{version:04}"


def found_version(connection: Connection) -> int:
    """The version of the schema; 0 = there is none yet."""
    if connection.dialect.name == "sqlite":
        return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar_one() is None:
        return 0
    return int(connection.exec_driver_sql("SELECT max(version_num) FROM alembic_version").scalar() or 0)


def refuse_newer(found: int) -> None:
    """Raise `NewerDatabaseError` for a version this program does not know."""
    if found > SCHEMA_VERSION:
        raise NewerDatabaseError(
            f"this database has version {found}; this program knows up to {SCHEMA_VERSION}"
        )


async def read_version(engine: AsyncEngine) -> int:
    """The version of the schema. Raises `NotADatabaseError`, `UnpreparedDatabaseError`."""
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(found_version)
    except DatabaseError as error:
        reason = str(error.orig).strip().splitlines()[0]
        if engine.dialect.name != "sqlite" and reason.endswith("does not exist"):
            raise UnpreparedDatabaseError(f"{reason}: {_ASK_AN_ADMINISTRATOR}") from error
        raise NotADatabaseError(f"the database cannot be opened: {reason}") from error


def _bring_up(connection: Connection) -> None:
    """Inside one transaction, so that of two programs that start together one does it."""
    found = found_version(connection)
    refuse_newer(found)
    if found == 0:
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
    elif found < SCHEMA_VERSION:
        from backend.db.migrate import upgrade

        upgrade(connection)


async def migrate_sqlite(engine: AsyncEngine) -> None:
    """Bring a file to this program's version, whole or not at all."""
    async with engine.execution_options(**{MIGRATING: True}).connect() as connection:
        try:
            async with connection.begin():
                await connection.run_sync(_bring_up)
        finally:
            await connection.invalidate()  # the next one has its foreign keys on again


async def _check_role(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        if (await connection.execute(_ABOVE_THE_BORDER)).scalar():
            raise UnpreparedDatabaseError(
                "this PostgreSQL role is above the border between organisations: expected handbill_app "
                "or handbill_worker in HANDBILL_DATABASE_URL"
            )


async def prepare_database(engine: AsyncEngine) -> None:
    """Make sure that the schema is this program's: migrate SQLite, check PostgreSQL.

    Raises `NewerDatabaseError`, `NotADatabaseError` or `UnpreparedDatabaseError`, and changes nothing then.
    """
    import backend.db.models  # noqa: F401 - fills Base.metadata

    found = await read_version(engine)
    refuse_newer(found)
    if engine.dialect.name == "sqlite":
        if found < SCHEMA_VERSION:
            await migrate_sqlite(engine)
        return
    if found < SCHEMA_VERSION:
        state = f"has schema version {found}, expected {SCHEMA_VERSION}" if found else "is empty"
        raise UnpreparedDatabaseError(f"this PostgreSQL database {state}: {_ASK_AN_ADMINISTRATOR}")
    await _check_role(engine)
