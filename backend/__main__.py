"""`python -P -m backend`: serve, worker, mailcatcher, org-*, user-*, db-*, backup, restore.

Exit code 2 for a wrong setting or argument, 1 for anything that cannot be done; always one sentence on
standard error, never a traceback for what a person can mend.
"""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from backend import database_commands, mailcatcher, worker_process
from backend.administration import org_create, user_add, user_password
from backend.assembly import Options
from backend.backup import commands as backup_commands
from backend.db.schema import (
    MigrationError,
    NewerDatabaseError,
    NotADatabaseError,
    UnpreparedDatabaseError,
)
from backend.folder_lock import locked_folder
from backend.logs import configure_logs
from backend.serve import ServeOptions, run
from backend.settings import Settings, SettingsError, load_settings
from contract.clock import SystemClock
from contract.problems import ProblemError
from contract.roles import Role

MIN_PASSWORD = 10
REFUSALS = (
    *(OSError, ProblemError, DBAPIError, *backup_commands.REFUSALS),
    *(NewerDatabaseError, NotADatabaseError, UnpreparedDatabaseError, MigrationError),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend", description="Handbill's backend.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve the API")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8025)
    serve.add_argument("--uds", type=Path)
    serve.add_argument("--no-worker", action="store_true")
    serve.add_argument("--idle-exit", type=float, metavar="SECONDS")
    serve.add_argument("--mailcatcher", type=Path, metavar="DIR")
    serve.add_argument("--demo", action="store_true")
    worker = commands.add_parser("worker", help="send, beside other workers on one PostgreSQL")
    catcher = commands.add_parser("mailcatcher", help="keep mail in a folder instead of delivering it")
    mailcatcher.add_arguments(catcher)
    database_commands.add_arguments(commands)
    backup_commands.add_arguments(commands)
    org = commands.add_parser("org-create", help="make an organisation")
    org.add_argument("name")
    org.add_argument("--owner-email", required=True)
    user = commands.add_parser("user-add", help="make a member")
    user.add_argument("--org", required=True, type=int)
    user.add_argument("--email", required=True)
    user.add_argument("--role", choices=[role.value for role in Role], default=Role.MEMBER.value)
    password = commands.add_parser("user-password", help="give someone a new password")
    password.add_argument("--email", required=True)
    for command in (org, user, password):
        command.add_argument("--password-stdin", action="store_true", required=True)
        command.add_argument("--json", action="store_true")
    for command in (serve, worker, org, user, password):
        command.add_argument("--data-dir", type=Path)
    return parser


def _serve(settings: Settings, options: argparse.Namespace) -> None:
    serve = ServeOptions(
        host=options.host,
        port=options.port,
        uds=options.uds,
        idle_exit=options.idle_exit,
        assembly=Options(
            worker=not options.no_worker and not settings.on_postgresql,
            mailcatcher=options.mailcatcher,
            demo=options.demo,
        ),
    )
    with locked_folder(settings.data_dir):
        asyncio.run(run(settings, serve, SystemClock()))


def _work(settings: Settings, options: argparse.Namespace) -> None:
    del options
    asyncio.run(worker_process.run(settings, SystemClock()))


def _password() -> str:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < MIN_PASSWORD:
        raise SettingsError(f"The password is too short: expected at least {MIN_PASSWORD} characters.")
    return password


def _administer(settings: Settings, options: argparse.Namespace) -> None:
    password, clock = _password(), SystemClock()
    if options.command == "org-create":
        made = asyncio.run(org_create(settings, clock, options.name, options.owner_email, password))
    elif options.command == "user-password":
        made = asyncio.run(user_password(settings, clock, options.email, password))
    else:
        role = Role(options.role)
        made = asyncio.run(
            user_add(settings, clock, org_id=options.org, email=options.email, role=role, password=password)
        )
    words = {"orgId": "organisation", "userId": "user"}
    said = ", ".join(f"{words[name]} {id}" for name, id in made.items())
    sys.stdout.write((json.dumps(made) if options.json else said) + "\n")


def _make_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise PermissionError(13, "it cannot be read and written", str(folder))


def _explain(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, DBAPIError):
        return f"the database cannot be used: {str(error.orig).strip().splitlines()[0]}"
    return str(error)


def main(arguments: list[str]) -> int:
    """The exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "mailcatcher":
            mailcatcher.run(options)
            return 0
        if options.command in database_commands.COMMANDS:
            database_commands.run(options)
            return 0
        if options.command in backup_commands.COMMANDS:
            backup_commands.run(options)
            return 0
        settings = load_settings(os.environ, options.data_dir)
        configure_logs(settings.log_level)
        _make_folder(settings.data_dir)
        {"serve": _serve, "worker": _work}.get(options.command, _administer)(settings, options)
    except SettingsError as error:
        sys.stderr.write(f"handbill: {error}\n")
        return 2
    except REFUSALS as error:
        sys.stderr.write(f"handbill: {_explain(error)}.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
