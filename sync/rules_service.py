"""What screens ask about what the organisation has set for everyone's sending."""

from contract.auth import Me
from contract.members import Organisation, OrganisationAnswer
from contract.roles import Role
from sync.services import Json, Remote, in_words

_ORG = "/api/org"


class RemoteRules(Remote):
    """`tui.sending_services.Rules`."""

    remembered = False

    async def show(self) -> Organisation:
        async with in_words():
            found, self.remembered = await self.asked(OrganisationAnswer, _ORG)
            return found.org

    async def role(self) -> Role:
        async with in_words():
            found, _ = await self.asked(Me, "/api/me")
            return found.role

    async def change(self, changes: Json) -> Organisation:
        async with in_words():
            return OrganisationAnswer.model_validate(await self.act_once("PATCH", _ORG, changes)).org
