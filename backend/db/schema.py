"""Making the tables, and refusing a database that a newer version wrote."""

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine

from backend.db.base import Base

SCHEMA_VERSION = 1


class NewerDatabaseError(RuntimeError):
    """The database was written by a newer version of Handbill. It is left as it is."""


class NotADatabaseError(RuntimeError):
    """The file is there, but it is not a database of Handbill or cannot be read."""


def _prepare(connection: Connection) -> None:
    found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found > SCHEMA_VERSION:
        raise NewerDatabaseError(
            f"this database has version {found}; this program knows up to {SCHEMA_VERSION}"
        )
    if found < SCHEMA_VERSION:
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")


async def prepare_database(engine: AsyncEngine) -> None:
    """Bring the schema to this program's version.

    Raises `NewerDatabaseError` or `NotADatabaseError`; neither changes the file.
    """
    import backend.db.models  # noqa: F401 - fills Base.metadata

    try:
        async with engine.execution_options(immediate=True).begin() as connection:
            await connection.run_sync(_prepare)
    except DatabaseError as error:
        raise NotADatabaseError(f"the database cannot be opened: {error.orig}") from error
