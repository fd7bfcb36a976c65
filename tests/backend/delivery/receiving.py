"""A real SMTP server that keeps each mail as the wire brought it, and an account that sends there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.db.models.account import SendingAccount
from backend.db.models.dkim import DkimKey
from backend.delivery.smtp_mailer import SmtpMailer
from backend.dkim_keys import KeyPair, make_pair, record_name, record_value
from contract.dkim import DkimAlgorithm
from tests.backend.delivery.world import World

ACCOUNT_ID = 900


@dataclass
class Received:
    """One mail and what the envelope said."""

    sender: str
    recipient: str
    content: bytes

    @property
    def parsed(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class Receiver:
    port: int = 0
    mails: list[Received] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [recipient] = envelope.rcpt_tos
        self.mails.append(Received(envelope.mail_from or "", recipient, envelope.original_content or b""))
        return "250 2.0.0 Kept"


@asynccontextmanager
async def receiving(world: World) -> AsyncIterator[Receiver]:
    """The world's mails leave over the network."""
    loop = asyncio.get_running_loop()
    receiver = Receiver()
    server = await loop.create_server(lambda: SMTP(receiver, hostname="localhost", loop=loop), "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    world.sending = replace(world.sending, tools=replace(world.sending.tools, mailer=SmtpMailer()))
    try:
        yield receiver
    finally:
        server.close()


async def add_account(world: World, port: int = 25, **fields: Any) -> None:
    usual = {"name": "Own", "host": "127.0.0.1", "tls": "none", "from_email": "hello@news.acme.example"}
    async with world.desk.writer(world.org_id) as session:
        session.add(
            SendingAccount(id=ACCOUNT_ID, port=port, created_at=world.clock.now(), **(usual | fields))
        )


async def add_key(world: World, selector: str, algorithm: DkimAlgorithm, **fields: Any) -> dict[str, str]:
    """The record that its domain then publishes."""
    pair = KEYS.get(algorithm) or KEYS.setdefault(algorithm, make_pair(algorithm))
    values = {"active": True, "private_sealed": pair.private} | fields
    async with world.desk.writer(world.org_id) as session:
        session.add(
            DkimKey(
                id=1000 + len(selector),
                account_id=ACCOUNT_ID,
                selector=selector,
                algorithm=algorithm.value,
                public_key=pair.public,
                created_at=world.clock.now(),
                **values,
            )
        )
    where = record_name(selector, "hello@news.acme.example")
    return {where: record_value(algorithm, pair.public)}


KEYS: dict[DkimAlgorithm, KeyPair] = {}
"""Made once: an RSA key takes a while."""
