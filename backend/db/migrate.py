"""Alembic, for databases that are behind. Its import takes longer than a whole start: import this late.

Migrations go forward only; the way back is a backup.
"""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from backend.db.base import Base
from backend.db.schema import SCHEMA_VERSION, MigrationError, found_version, revision

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Bring the schema to the newest version inside the caller's transaction. Raises `MigrationError`."""
    config, found = configuration(connection), found_version(connection)
    if connection.dialect.name != "sqlite":
        command.upgrade(config, revision(SCHEMA_VERSION))
        return
    if found:
        command.stamp(config, revision(found), purge=True)
    command.upgrade(config, revision(SCHEMA_VERSION))
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise MigrationError(f"a row of {broken[0]} refers to a missing row of {broken[2]}")
    connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")


def drift(connection: Connection) -> list[object]:
    """What the mapped classes have that the database has not, and the other way round."""
    import backend.db.models  # noqa: F401 - fills Base.metadata

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))
