"""The sending side of a real process: its ports, and what runs beside the routes."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import SystemRandom

from backend.delivery.accounts import DefaultAccount, parse_smtp_url
from backend.delivery.mailer import ServerLogin
from backend.delivery.sending import Sending, assemble
from backend.delivery.smtp_mailer import SmtpMailer
from backend.names import SystemNames
from backend.parts import Parts
from backend.ports import Audience, Ports
from backend.refusals import SettingsError
from backend.settings import Settings

LOCK_NAME = "sending.lock"


def _default_account(settings: Settings) -> DefaultAccount | None:
    if settings.smtp_url is None:
        return None
    try:
        return parse_smtp_url(settings.smtp_url)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def assembled(parts: Parts, audience: Audience, on_start: Callable[[], None] | None = None) -> Sending:
    """Mails leave through the settings' server. Raises `SettingsError`."""
    return assemble(
        database=parts.database,
        clock=parts.clock,
        random=SystemRandom(),
        audience=audience,
        mailer=SmtpMailer(),
        default_account=_default_account(parts.settings),
        public_url=parts.settings.public_url,
        unseal=parts.keys.unseal,
        on_start=on_start,
    )


class SendingSide:
    """Mails leave through the settings' server, or stay in the catcher's folder where one is given."""

    def __init__(self, audience: Audience, *, worker: bool, mailcatcher: Path | None) -> None:
        self._audience = audience
        self._worker = worker
        self._mailcatcher = mailcatcher
        self._sending: Sending | None = None

    def make_ports(self, parts: Parts) -> Ports:
        """Raises `SettingsError`."""
        self._sending = assembled(parts, self._audience)
        return Ports(self._audience, self._sending.delivery, self._sending.sequencing, SystemNames())

    @asynccontextmanager
    async def background(self, parts: Parts, ports: Ports) -> AsyncGenerator[None]:
        """Catch and send while the application runs."""
        del ports
        assert self._sending is not None
        async with AsyncExitStack() as stack:
            if self._mailcatcher is not None:
                from backend.mailcatcher import HOST, running_catcher

                port = await stack.enter_async_context(running_catcher(self._mailcatcher))
                self._sending.tools.accounts.use_default(DefaultAccount(ServerLogin(HOST, port)))
            if self._worker:
                lock = parts.settings.data_dir / LOCK_NAME
                await stack.enter_async_context(self._sending.run(lock))
            yield
