"""Campaigns through a real Postfix, which is brought down in the middle: what it took comes once."""

import asyncio
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from backend.delivery.accounts import DefaultAccount
from backend.delivery.mailer import ServerLogin
from backend.delivery.smtp_mailer import SmtpMailer
from tests.backend.delivery.postfix import running_postfix, why_not
from tests.backend.delivery.servers import RudeServer, serving
from tests.backend.delivery.world import World
from tests.conftest import SEEDS

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

ROUNDS = max(3, min(SEEDS, 20))
CONTACTS = 40 * ROUNDS
LANES = 4


@pytest.fixture
def folder():
    """Below the temporary folder itself, where Postfix's own user may go."""
    found = Path(tempfile.mkdtemp(prefix="handbill-postfix-"))
    yield found
    shutil.rmtree(found)


async def send(world: World) -> str:
    """A campaign, until everyone has an end."""
    await world.add_contacts(*(f"c{i}@example.org" for i in range(CONTACTS)))
    campaign = await world.add_campaign()
    for _ in range(60):
        async with world.process() as process:
            await process.work()
        if (await world.campaign(campaign)).status == "SENT":
            return campaign
        await world.clock.advance(3600)
    raise AssertionError("it never ended")


async def test_it_comes_once_although_postfix_goes_down(tmp_path: Path, folder: Path):
    async with serving(RudeServer()) as sink:
        with running_postfix(folder / "postfix", sink.port) as postfix:
            world = World(tmp_path, mailer=SmtpMailer())
            login = ServerLogin("127.0.0.1", postfix.port)
            world.sending.tools.accounts.use_default(DefaultAccount(login, "news@example.com", lanes=LANES))
            await world.open()
            ends, crashes = 0, 0
            listen = world.sending.tools.monitor.listen

            def counting(found, tripped) -> None:
                nonlocal ends, crashes
                listen(found, tripped)
                ends += len(found)
                if crashes < ROUNDS and ends >= CONTACTS * (crashes + 1) // (ROUNDS + 1):
                    crashes += 1
                    postfix.crash()

            world.sending.tools.monitor.listen = counting  # type: ignore[method-assign]
            try:
                campaign = await send(world)
                states = await world.states(campaign)
            finally:
                await world.close()
            postfix.relay()
            accepted = {who for who, state in states.items() if state == "accepted"}
            async with asyncio.timeout(180 if SEEDS < 20 else 600):
                while not accepted <= {who for who, _ in sink.bodies}:
                    await asyncio.sleep(0.05)
    came = Counter(who for who, _ in sink.bodies)
    assert crashes == ROUNDS
    assert len(states) == CONTACTS
    assert set(states.values()) <= {"accepted", "unknown"}
    assert list(states.values()).count("unknown") <= LANES * ROUNDS
    assert set(came) - accepted <= {who for who, state in states.items() if state == "unknown"}
    assert max(came.values()) == 1
