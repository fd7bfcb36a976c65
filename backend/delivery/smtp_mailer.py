"""Opening SMTP sessions: aiosmtplib does TLS and sign-in, then our own protocol takes the transport over."""

import asyncio
import ssl
from typing import cast

import aiosmtplib

from backend.delivery.mailer import AccountTroubleError, Connection, ServerLogin
from backend.delivery.smtp_connection import SmtpConnection
from backend.delivery.smtp_timeouts import Timeouts

GREETING_NAME = "localhost"
"""Said in EHLO; asking the resolver for a better one can take seconds and is seldom right."""


class SmtpMailer:
    """Sessions over the network. `tls_context` only for servers with a certificate of one's own."""

    def __init__(self, timeouts: Timeouts | None = None, tls_context: ssl.SSLContext | None = None) -> None:
        self._timeouts = timeouts or Timeouts()
        self._tls_context = tls_context

    async def connect(self, login: ServerLogin) -> Connection:
        client = aiosmtplib.SMTP(
            hostname=login.host,
            port=login.port,
            use_tls=login.tls == "implicit",
            start_tls=False,
            timeout=self._timeouts.connect,
            local_hostname=GREETING_NAME,
            tls_context=self._tls_context,
        )
        try:
            await client.connect()
            await self._secure(client, login)
            if not client.last_ehlo_response:
                await client.ehlo()
            if login.username:
                await client.login(login.username, login.password)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            raise _trouble(login, error) from error
        pipelining = client.supports_extension("pipelining")
        return SmtpConnection(_take_over(client), self._timeouts, pipelining=pipelining)

    async def _secure(self, client: aiosmtplib.SMTP, login: ServerLogin) -> None:
        """A server that does not offer STARTTLS where it was asked for is refused, never used in clear."""
        if login.tls != "starttls":
            return
        await client.ehlo()
        if not client.supports_extension("starttls"):
            raise aiosmtplib.SMTPNotSupported("the server does not offer STARTTLS")
        await client.starttls(tls_context=self._tls_context)


def _trouble(login: ServerLogin, error: Exception) -> AccountTroubleError:
    where = f"{login.host}:{login.port}"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return AccountTroubleError(f"{where} refused the sign-in ({error.code})", lasting=error.code >= 500)
    if isinstance(error, aiosmtplib.SMTPNotSupported):
        return AccountTroubleError(f"{where}: {error}", lasting=True)
    return AccountTroubleError(f"{where} cannot be used: {error}"[:300])


def _take_over(client: aiosmtplib.SMTP) -> asyncio.Transport:
    """The transport without its client. The client must not notice, or it would close what we use."""
    transport = cast("asyncio.Transport | None", client.transport)
    if transport is None:
        raise AccountTroubleError("the server ended the connection at once")
    client.transport = None
    client.protocol = None
    return transport
