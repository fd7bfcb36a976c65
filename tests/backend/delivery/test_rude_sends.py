"""Whole campaigns through servers that break off, hang and talk nonsense at every step of a mail's way.

Real sockets and the real way of sending; only the clock is turned by hand. Whatever the server does: nobody
gets it twice, nobody is lost, and no more mails are unknown than connections that broke after a body began.
`HANDBILL_SEEDS` sets how many servers are tried.
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from backend.delivery.accounts import DefaultAccount
from backend.delivery.mailer import ServerLogin
from backend.delivery.smtp_mailer import SmtpMailer
from backend.delivery.smtp_timeouts import Timeouts
from tests.backend.delivery.servers import DROP, HANG, RudeServer, serving
from tests.backend.delivery.world import World
from tests.conftest import SEEDS

ROUNDS = max(4, min(SEEDS, 100))
CONTACTS = 40
PATIENT = SmtpMailer(Timeouts(connect=1.0, command=1.0, body=1.0))
BROKEN_OFF = (DROP, DROP, DROP, HANG, "nonsense", "421 4.3.2 closing", "\0\0\0")
FAULTS = {
    "greeting": (*BROKEN_OFF, "554 5.7.1 not you"),
    "EHLO": (*BROKEN_OFF, "451 later"),
    "MAIL": (*BROKEN_OFF, "451 4.7.1 later"),
    "RCPT": (*BROKEN_OFF, "450 4.2.1 later", "452 4.2.2 full"),
    "DATA": (*BROKEN_OFF, "451 4.3.0 later"),
    "half": (DROP,),
    "body": (DROP, DROP, HANG, "nonsense", "250", "452 4.3.1 full", "421 4.3.2 closing"),
}
SHARE = {"greeting": 0.2, "EHLO": 0.1}
"""Of connections; of mails the usual share is less."""


@dataclass
class Dice:
    """Decides what a server does, and keeps count of what became of bodies."""

    server: RudeServer
    random: Random
    share: float = 0.04
    taken: Counter[str] = field(default_factory=Counter)
    bodies: int = 0
    broken: int = 0

    def __post_init__(self) -> None:
        for command, faults in FAULTS.items():
            self.server.script[command] = lambda _, c=command, f=faults: self.roll(c, f)

    def roll(self, command: str, faults: tuple[str, ...]) -> str | None:
        share = SHARE.get(command, 1.0) if self.share and command in SHARE else self.share
        fault = self.random.choice(faults) if self.random.random() < share else None
        whole = command == "body" and len(self.server.bodies) > self.bodies  # else an empty one, after a no
        if whole:
            self.bodies += 1
            self.taken[self.server.bodies[-1][0]] += fault is None or not fault.startswith("4")
        if whole or command == "half":
            self.broken += fault in (DROP, HANG, "nonsense")
        return fault


async def send(world: World, dice: Dice) -> str:
    """Until it is sent; after a while the server is polite."""
    await world.add_contacts(*(f"c{i}@example.org" for i in range(CONTACTS)))
    campaign = await world.add_campaign()
    for turn in range(40):
        dice.share = 0.04 if turn < 8 else 0.0
        async with world.process() as process:
            await process.work()
        if (await world.campaign(campaign)).status == "SENT":
            return campaign
        await world.clock.advance(6 * 3600)
    raise AssertionError("it never ended")


@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_nobody_gets_it_twice_and_nobody_is_lost(tmp_path: Path, seed: int):
    async with serving(RudeServer(pipelining=seed % 2 == 0)) as server:
        dice = Dice(server, Random(seed))
        world = World(tmp_path, seed, mailer=PATIENT)
        login = ServerLogin("127.0.0.1", server.port)
        world.sending.tools.accounts.use_default(DefaultAccount(login, "news@example.com", lanes=4))
        await world.open()
        try:
            campaign = await send(world, dice)
            states = await world.states(campaign)
        finally:
            await world.close()
    taken, accepted = (
        set(dice.taken.elements()),
        {who for who, state in states.items() if state == "accepted"},
    )
    assert max(dice.taken.values()) == 1
    assert len(states) == CONTACTS
    assert set(states.values()) <= {"accepted", "unknown"}
    assert accepted <= taken
    assert CONTACTS - len(accepted) == dice.broken
