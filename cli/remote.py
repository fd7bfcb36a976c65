"""A signed-in connection for a command: the embedded backend, started if need be, or a team server.

Commands talk to the server and never touch this computer's drafts.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cli.failures import NOT_SIGNED_IN, OFFLINE, USAGE, CommandError
from localstore.folders import data_folder, private_folder
from sync.accounts import last_account
from sync.api import Api, transport_for
from sync.embedded import Embedded, demo_backend
from sync.secrets import usable_secrets
from sync.sign_in import secret_name
from sync.wire_errors import TransportError

START_SECONDS = 30.0
_PAUSE = 0.1


@asynccontextmanager
async def signed_in(options: argparse.Namespace) -> AsyncIterator[Api]:
    """The connection; closed at the end. Raises `CommandError` where there is none."""
    data = private_folder(data_folder(options.data_dir))
    if options.server:
        api = await _team(options.server.rstrip("/"), data)
    else:
        embedded = demo_backend(data) if options.demo else Embedded(data)
        api = await _embedded(embedded)
    try:
        yield api
    finally:
        await api.close()


async def _embedded(embedded: Embedded) -> Api:
    private_folder(embedded.data)
    process = embedded.start()
    api = Api(*transport_for(embedded.server))
    for _ in range(int(START_SECONDS / _PAUSE)):
        try:
            await api.bootstrap(embedded.token_path.read_text().strip())
        except (TransportError, FileNotFoundError):
            if process is not None and process.poll() == USAGE:  # a wrong setting; no waiting mends it
                break
            await asyncio.sleep(_PAUSE)
        else:
            return api
    await api.close()
    message = embedded.last_words() or "The embedded backend did not start."
    raise CommandError(message, USAGE if process is not None and process.poll() == USAGE else OFFLINE)


async def _team(server: str, data: Path) -> Api:
    known = last_account(data, server)
    secrets, _ = usable_secrets(data / "session.json")
    token = secrets.get(secret_name(known)) if known is not None else None
    if known is None or token is None:
        message = f"Sign in first: handbill --server {server} login --email you@example.com --password-stdin"
        raise CommandError(message, NOT_SIGNED_IN)
    api = Api(
        *transport_for(server),
        renewed=lambda session: secrets.set(secret_name(known), session.refresh_token),
    )
    await api.resume(token)
    return api
