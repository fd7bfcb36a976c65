"""The words of `python -P -m backend`. Reading them loads nothing else: most commands live shortly."""

import argparse
from pathlib import Path

from contract.roles import Role


def parser() -> argparse.ArgumentParser:
    """Of all commands; `options.command` is which."""
    made = argparse.ArgumentParser(prog="python -m backend", description="Handbill's backend.")
    commands = made.add_subparsers(dest="command", required=True)
    _running(commands)
    _database(commands)
    _copies(commands)
    _people(commands)
    return made


def _running(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="serve the API")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8025)
    serve.add_argument("--uds", type=Path)
    serve.add_argument("--no-worker", action="store_true")
    serve.add_argument("--idle-exit", type=float, metavar="SECONDS")
    serve.add_argument("--mailcatcher", type=Path, metavar="DIR")
    serve.add_argument("--demo", action="store_true")
    worker = commands.add_parser("worker", help="send, beside other workers on one PostgreSQL")
    for command in (serve, worker):
        command.add_argument("--data-dir", type=Path)
    catcher = commands.add_parser("mailcatcher", help="keep mail in a folder instead of delivering it")
    catcher.add_argument("--smtp-port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    catcher.add_argument("--dir", type=Path, required=True, help="maildir to keep mails in")


def _database(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    setup = commands.add_parser("db-setup", help="prepare a PostgreSQL, or bring it up to date")
    setup.add_argument("--admin-url", required=True, metavar="URL")
    status = commands.add_parser("db-status", help="the version of the schema")
    status.add_argument("--json", action="store_true")
    upgrade = commands.add_parser("db-upgrade", help="bring the schema up to date")
    upgrade.add_argument("--admin-url", metavar="URL", help="needed with PostgreSQL")
    for command in (status, upgrade):
        command.add_argument("--data-dir", type=Path)
    for command in (setup, upgrade):
        command.add_argument(
            "--passwords-stdin",
            action="store_true",
            help="a line for each role: handbill_app, handbill_worker",
        )


def _copies(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    backup = commands.add_parser("backup", help="copy the database into a file")
    restore = commands.add_parser("restore", help="put such a copy in the database's place")
    for command in (backup, restore):
        command.add_argument("file", type=Path)
        command.add_argument("--admin-url", metavar="URL", help="needed with PostgreSQL")
        command.add_argument("--data-dir", type=Path)
        command.add_argument("--json", action="store_true")


def _people(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
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
        command.add_argument("--data-dir", type=Path)
