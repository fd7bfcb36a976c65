"""What the organisation has set, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract.members import Organisation
from contract.roles import Role

if TYPE_CHECKING:
    from tui.memory.hub import Hub


class MemoryRules:
    """`org` is what the server has; `as_role` who the person is."""

    remembered = False

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.org = Organisation(
            id="1", name="Kettle & Crumb", members_may_send=True, public_url="https://letters.shop.example"
        )
        self.as_role = Role.OWNER

    async def show(self) -> Organisation:
        self._hub.reach_server()
        return self.org

    async def role(self) -> Role:
        self._hub.reach_server()
        return self.as_role

    async def change(self, changes: dict[str, Any]) -> Organisation:
        self._hub.reach_server()
        known = self.org.model_dump(mode="json", by_alias=True)
        self.org = Organisation.model_validate(known | changes)
        return self.org
