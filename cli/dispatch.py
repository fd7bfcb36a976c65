"""From a parsed command line to the module that does it; each is imported only when asked for."""

import argparse
from collections.abc import Callable

Run = Callable[[argparse.Namespace], int]


def _demo(options: argparse.Namespace) -> int:
    from cli.open_client import open_client

    return open_client(data_dir=options.data_dir, demo=True, reset=options.reset)


def _backend(options: argparse.Namespace) -> int:
    from cli.backend_commands import backend

    return backend(options)


def _serve(options: argparse.Namespace) -> int:
    from cli.backend_commands import serve

    return serve(options)


def _worker(options: argparse.Namespace) -> int:
    from cli.backend_commands import worker

    return worker(options)


def _mailcatcher(options: argparse.Namespace) -> int:
    from cli.mailcatcher import mailcatcher

    return mailcatcher(options)


def _administration(options: argparse.Namespace) -> int:
    from cli.backend_commands import administer

    return administer(options)


def _database(options: argparse.Namespace) -> int:
    from cli.database import database

    return database(options)


def _login(options: argparse.Namespace) -> int:
    from cli.session import login

    return login(options)


def _logout(options: argparse.Namespace) -> int:
    from cli.session import logout

    return logout(options)


def _whoami(options: argparse.Namespace) -> int:
    from cli.session import whoami

    return whoami(options)


def _sync(options: argparse.Namespace) -> int:
    from cli.sync_commands import sync

    return sync(options)


def _contacts(options: argparse.Namespace) -> int:
    from cli.contacts import contacts

    return contacts(options)


def _segments(options: argparse.Namespace) -> int:
    from cli.segments import segments

    return segments(options)


def _campaigns(options: argparse.Namespace) -> int:
    from cli.campaigns import campaigns

    return campaigns(options)


def _sequences(options: argparse.Namespace) -> int:
    from cli.sequences import sequences

    return sequences(options)


def _members(options: argparse.Namespace) -> int:
    from cli.members import members

    return members(options)


def _suppressions(options: argparse.Namespace) -> int:
    from cli.suppressions import suppressions

    return suppressions(options)


def _accounts(options: argparse.Namespace) -> int:
    from cli.accounts import accounts

    return accounts(options)


def _fields(options: argparse.Namespace) -> int:
    from cli.fields import fields

    return fields(options)


def _bounces(options: argparse.Namespace) -> int:
    from cli.bounces import bounces

    return bounces(options)


def _audit(options: argparse.Namespace) -> int:
    from cli.audit import audit

    return audit(options)


def _doctor(options: argparse.Namespace) -> int:
    from cli.doctor import doctor

    return doctor(options)


def _backup(options: argparse.Namespace) -> int:
    from cli.backend_commands import backup

    return backup(options)


_COMMANDS: dict[str, Run] = {
    "demo": _demo,
    "backend": _backend,
    "serve": _serve,
    "worker": _worker,
    "mailcatcher": _mailcatcher,
    "org": _administration,
    "user": _administration,
    "db": _database,
    "login": _login,
    "logout": _logout,
    "whoami": _whoami,
    "sync": _sync,
    "contacts": _contacts,
    "segments": _segments,
    "campaigns": _campaigns,
    "sequences": _sequences,
    "members": _members,
    "doctor": _doctor,
    "suppressions": _suppressions,
    "audit": _audit,
    "bounces": _bounces,
    "fields": _fields,
    "accounts": _accounts,
    "backup": _backup,
    "restore": _backup,
}


def dispatch(options: argparse.Namespace) -> int:
    """Run the chosen command; the exit code."""
    return _COMMANDS[options.command](options)
