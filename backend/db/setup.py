"""Preparing a PostgreSQL, as an administrator: roles, schema, policies. All of it or nothing.

It may be run again at any time, and is what brings an older schema up to date.
"""

from collections.abc import Sequence

from psycopg import Connection as DriverConnection
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from backend.db.migrate import upgrade
from backend.db.policies import ROLES, create_roles, let_owner_through, secure
from backend.db.schema import found_version, refuse_newer
from backend.refusals import SettingsError
from backend.settings import POSTGRESQL

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(x'48616e6462696c6d'::bigint)"


def admin_url(value: str) -> URL:
    """The administrator's address. Raises `SettingsError`."""
    try:
        url = make_url(value)
    except ArgumentError:
        url = make_url("sqlite://")
    if url.drivername not in ("postgresql", "postgres", POSTGRESQL):
        raise SettingsError("--admin-url is not valid: expected postgresql://ADMIN:PASSWORD@HOST/DATABASE.")
    return url.set(drivername=POSTGRESQL)


def urls_for_roles(url: URL) -> list[str]:
    """What HANDBILL_DATABASE_URL is for each role, with a word in the password's place."""
    shapes = [url.set(username=role, password="PASSWORD") for role in ROLES]  # noqa: S106 - a placeholder
    return [shape.render_as_string(hide_password=False) for shape in shapes]


def _set_passwords(connection: Connection, passwords: Sequence[str]) -> None:
    """Hashed on this side, so that neither the network nor the server's log sees them."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, DriverConnection)
    for role, password in zip(ROLES, passwords, strict=True):
        hashed = driver.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
        connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD '{hashed}'")


def set_up(url: URL, passwords: Sequence[str] = ()) -> None:
    """Prepare the database or bring it up to date; passwords are for `ROLES`, or left as they are.

    Raises `NewerDatabaseError`, which changes nothing.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(_ONE_AT_A_TIME)
            refuse_newer(found_version(connection))
            create_roles(connection)
            let_owner_through(connection)
            upgrade(connection)
            secure(connection)
            if passwords:
                _set_passwords(connection, passwords)
    finally:
        engine.dispose()
