"""What the organisation has set, over the real server, as the screen asks for it."""

from contract.roles import Role
from sync.rules_service import RemoteRules
from tests.sync.conftest import World
from tests.sync.test_library import _Connected


async def test_changed_once_seen_again_and_remembered(world: World) -> None:
    desk = await world.desk()
    rules = RemoteRules(_Connected(desk, world.clock).workspace())
    assert await rules.role() is Role.OWNER
    changed = await rules.change({"trackOpens": True, "frequencyMails": 2})
    assert (changed.track_opens, changed.frequency_mails) == (True, 2)
    assert await rules.show() == changed
    desk.line.down = True
    assert (await rules.show(), rules.remembered) == (changed, True)
