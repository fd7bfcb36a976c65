"""Mails, accounts and suppressions over the real server, as the screens ask for them."""

import asyncio
import stat
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.db.models.campaign import Campaign
from contract.delivery import Delivery, DeliveryState
from localstore.records import DocKind, Draft
from sync.account_services import RemoteAccounts, RemoteSuppressions
from sync.errors import OfflineError, RefusedError
from sync.mail_services import RemoteMails
from tests.sync.conftest import Desk, World, mail
from tests.sync.test_library import _Connected
from tui.sending_services import MailsWanted

ACCOUNT = {"name": "Main", "host": "mail.acme.example", "port": 25, "fromEmail": "hello@acme.example"}


@dataclass
class _AtHome(_Connected):
    data: Path

    def read(self, kind: DocKind, id: str) -> Draft | None:
        return self.desk.peek.get(kind, id)


@pytest.fixture
async def desk(world: World) -> Desk:
    return await world.desk()


@pytest.fixture
async def campaign(world: World, desk: Desk) -> str:
    """Paused, with 450 mails: nobody knows of the odd ones."""
    id = await desk.create(mail("Hi") | {"name": "Spring & Co"})
    await desk.sync()
    world.app.state.ports.delivery.rows = [
        Delivery(
            id=str(number),
            contact_id=str(number),
            email=f"c{number}@example.org",
            state=DeliveryState.UNKNOWN if number % 2 else DeliveryState.ACCEPTED,
            attempts=1,
            updated_at=world.clock.now(),
        )
        for number in range(1, 451)
    ]
    async with world.app.state.parts.database.writer(world.org[0]) as session:
        await session.execute(update(Campaign).where(Campaign.id == id).values(status="PAUSED"))
    return id


@pytest.fixture
def mails(world: World, desk: Desk, tmp_path: Path) -> RemoteMails:
    return RemoteMails(_AtHome(desk, world.clock, tmp_path).workspace())


class TestMails:
    async def test_page_after_page_goes_by_key_and_a_jump_by_position(
        self, desk: Desk, mails: RemoteMails, campaign: str
    ) -> None:
        asked: list[str] = []
        call = desk.api.call

        async def noting(method, path, **given):
            asked.append(next((n for n in ("cursor", "offset") if (given["params"] or {}).get(n)), ""))
            return await call(method, path, **given)

        desk.api.call = noting  # type: ignore[method-assign]
        wanted = MailsWanted(delivered=False)
        seen = [
            (await mails.page((DocKind.CAMPAIGN, campaign), wanted, offset, 100)).deliveries[0].email
            for offset in (0, 100, 200, 50, 150)
        ]
        assert seen == [f"c{number}@example.org" for number in (1, 201, 401, 101, 301)]
        assert asked == ["", "cursor", "cursor", "offset", "cursor"]
        assert (
            await mails.page((DocKind.CAMPAIGN, campaign), MailsWanted(words="c44"), 100, 100)
        ).total == 11
        assert asked[-1] == "offset", "another filter has other pages"

    async def test_the_file_is_whole_and_for_one_person_only(
        self, mails: RemoteMails, campaign: str, tmp_path: Path
    ) -> None:
        heard: list[tuple[int, int]] = []
        path = Path(
            await mails.export(
                (DocKind.CAMPAIGN, campaign), MailsWanted("unknown"), lambda *far: heard.append(far)
            )
        )
        written = await asyncio.to_thread(path.read_text)
        assert (path.parent, path.name) == (tmp_path / "exports", f"mails-spring-co-{campaign[-6:]}.csv")
        assert stat.S_IMODE((await asyncio.to_thread(path.stat)).st_mode) == 0o600
        assert len(written.splitlines()) == 226
        assert heard == [(225, 225)]

    async def test_sent_again_once_although_the_answer_was_lost(
        self, world: World, desk: Desk, mails: RemoteMails, campaign: str
    ) -> None:
        desk.line.fault = "answer lost"
        asking = asyncio.create_task(mails.resend((DocKind.CAMPAIGN, campaign), ["1", "2"], ""))
        while not asking.done():
            await asyncio.sleep(0)
            await world.clock.advance(1)
        assert await asking == 1, "the answer of the first time"
        assert await mails.resend((DocKind.CAMPAIGN, campaign), None, "c44") == 5
        states = [row.state for row in world.app.state.ports.delivery.rows]
        assert states.count(DeliveryState.PENDING) == 6

    async def test_offline_is_said(self, desk: Desk, mails: RemoteMails, campaign: str) -> None:
        desk.line.down = True
        for asking in (
            mails.outbox(),
            mails.progress((DocKind.CAMPAIGN, campaign)),
            mails.resend((DocKind.CAMPAIGN, campaign), None, ""),
        ):
            with pytest.raises(OfflineError):
                await asking


class TestAccounts:
    async def test_added_mended_paused_and_remembered(self, world: World, desk: Desk) -> None:
        accounts = RemoteAccounts(_Connected(desk, world.clock).workspace())
        made = await accounts.save(None, ACCOUNT | {"password": "secret"})
        assert not (await accounts.test(made.id)).works
        assert (await accounts.save(made.id, {"port": 587})).port == 587
        assert (await accounts.act(made.id, "pause", "moving")).paused_reason == "by ana@shop.example: moving"
        assert (await accounts.act(made.id, "default")).is_default
        key = await accounts.make_key(made.id, "ed25519")
        await accounts.activate_key(key.id)
        assert [(k.id, k.active) for k in await accounts.keys(made.id)] == [(key.id, True)]
        assert await accounts.keys("99") == []
        listed = await accounts.list()
        desk.line.down = True
        assert (await accounts.list(), accounts.remembered) == (listed, True)
        desk.line.down = False
        await accounts.delete_key(key.id)
        await accounts.delete(made.id)
        assert (await accounts.list()).accounts == []


class TestSuppressions:
    async def test_added_found_and_taken_back(self, world: World, desk: Desk) -> None:
        suppressions = RemoteSuppressions(_Connected(desk, world.clock).workspace())
        made = await suppressions.add("ann@x.example")
        page = await suppressions.page(None, "ann@x.example", "by hand")
        assert ([row.hash for row in page.suppressions], page.total) == ([made.hash], 1)
        await suppressions.undo(made.hash)
        assert (await suppressions.page(None, "", "")).total == 0
        with pytest.raises(RefusedError):
            await suppressions.undo(made.hash)
