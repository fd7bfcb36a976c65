"""Signing in to a team server and out again. Drafts stay on this computer whatever happens here."""

import argparse
import asyncio
import sys
from pathlib import Path

from cli import output
from cli.failures import USAGE, CommandError
from contract.auth import Session
from localstore.folders import data_folder, private_folder
from sync.accounts import KnownAccount, forget_account, last_account, remember_account
from sync.api import Api, transport_for
from sync.secrets import Secrets, usable_secrets
from sync.sign_in import secret_name


def server_of(options: argparse.Namespace) -> str:
    """The team server that was named. Raises `CommandError` without one."""
    if not options.server:
        message = "Name the server with --server URL; the embedded one needs no sign-in."
        raise CommandError(message, USAGE)
    server: str = options.server
    return server.rstrip("/")


def _folder(options: argparse.Namespace) -> Path:
    return private_folder(data_folder(options.data_dir))


def _secrets(data: Path) -> Secrets:
    secrets, warning = usable_secrets(data / "session.json")
    if warning:
        output.words(warning)
    return secrets


def login(options: argparse.Namespace) -> int:
    """Sign in; the refresh token goes to the keyring."""
    server = server_of(options)
    password = sys.stdin.readline().rstrip("\n")
    keep_session(options, server, asyncio.run(_login(server, options.email, password)))
    return 0


async def _login(server: str, email: str, password: str) -> Session:
    async with Api(*transport_for(server)) as api:
        return await api.login(email, password)


def keep_session(options: argparse.Namespace, server: str, session: Session) -> None:
    """Stay signed in on this computer."""
    data = _folder(options)
    who = f"{session.user.email} · {session.org.name}"
    known = KnownAccount(server, session.user.id, session.org.id, who)
    _secrets(data).set(secret_name(known), session.refresh_token)
    remember_account(data, known)
    output.words(f"Signed in as {known.who}.")


def logout(options: argparse.Namespace) -> int:
    """Sign out here and, if it can be reached, on the server."""
    server, data = server_of(options), _folder(options)
    known = last_account(data, server)
    if known is None:
        output.words("Nobody is signed in.")
        return 0
    secrets = _secrets(data)
    token = secrets.get(secret_name(known))
    if token is not None:
        asyncio.run(_logout(server, token))
        secrets.forget(secret_name(known))
    forget_account(data, server)
    output.words("Signed out. Drafts stay on this computer and come back when you sign in again.")
    return 0


async def _logout(server: str, token: str) -> None:
    from contract.problems import ProblemError
    from sync.wire_errors import TransportError

    async with Api(*transport_for(server)) as api:
        try:
            await api.resume(token)
            await api.logout()
        except (TransportError, ProblemError):
            output.words("The server could not be told; its session ends by itself.")


def whoami(options: argparse.Namespace) -> int:
    """Who is signed in on this computer."""
    data = _folder(options)
    server = server_of(options) if options.server else "embedded"
    known = last_account(data, server)
    if known is None:
        message = "Nobody is signed in."
        raise CommandError(message, 5)
    user = {"server": known.server, "userId": known.user_id, "orgId": known.org_id, "who": known.who}
    output.data(user, as_json=options.json)
    return 0
