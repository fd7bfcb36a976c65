"""PostgreSQL is copied by its own programs, which come with it and are asked by an administrator.

Row-level security holds the application's roles, so they could only copy what one organisation sees.
"""

import os
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import bindparam, create_engine, text
from sqlalchemy.engine import URL

from backend.db.policies import ROLES
from backend.refusals import RefusalError

_CONNECTED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename IN :roles"
).bindparams(bindparam("roles", expanding=True))


class ToolError(RefusalError):
    """One of PostgreSQL's programs is missing or refused; the text is a sentence."""


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ToolError(f"{name} was not found: install PostgreSQL's client programs, and put them into PATH")
    return found


def _run(name: str, url: URL, *words: str) -> None:
    """The password goes through the environment: arguments are for everyone to read."""
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environ = {**os.environ, "PGPASSWORD": str(url.password)} if url.password else dict(os.environ)
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program, found in PATH
        [_program(name), f"--dbname={plain}", "--no-password", *words],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise ToolError(f"{name} failed: {lines[0].strip() if lines else f'exit code {done.returncode}'}")


def dump(url: URL, target: Path) -> None:
    """Everything in the database into one file, readable by this user alone. Raises `ToolError`."""
    _program("pg_dump")
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    os.close(descriptor)
    try:
        _run("pg_dump", url, "--format=custom", f"--file={target}")
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def load(url: URL, source: Path) -> None:
    """Replace what is in the database by the file, whole or not at all. Raises `ToolError`."""
    words = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    _run("pg_restore", url, *words, str(source))


def refuse_while_used(url: URL) -> None:
    """Raise `ToolError` while a backend or worker is connected."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connected = connection.execute(_CONNECTED, {"roles": list(ROLES)}).scalar_one()
    finally:
        engine.dispose()
    if connected:
        raise ToolError("a backend or a worker is connected to this database; stop it first")
