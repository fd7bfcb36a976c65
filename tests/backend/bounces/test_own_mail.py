"""The return path and the id of a mail that a real server took lead back to that mail."""

from backend.bounces.matching import find_mail
from backend.bounces.notice import read_notices
from tests.backend.bounces.reports import dsn
from tests.backend.delivery.conftest import world
from tests.backend.delivery.receiving import add_account, receiving
from tests.backend.delivery.world import World

__all__ = ["world"]


async def test_every_mail_is_found_again(world: World):
    async with receiving(world) as receiver:
        await add_account(world, receiver.port, bounce_address="bounces@news.acme.example")
        await world.add_contacts(*(f"c{number}@example.org" for number in range(5)))
        campaign = await world.add_campaign()
        async with world.process() as process:
            await process.work()
    assert len(receiver.mails) == 5
    rows = {row.address: row.id for row in await world.rows(campaign)}
    async with world.desk.reader(world.org_id) as session:
        for mail in receiver.mails:
            by_path = dsn(to=mail.sender, recipient="someone@else.example")
            by_id = dsn(recipient=mail.recipient, returned=mail.content.decode())
            for report in (by_path, by_id):
                [notice] = read_notices(report)
                found = await find_mail(session, notice)
                assert found is not None
                assert found.id == rows[mail.recipient]
