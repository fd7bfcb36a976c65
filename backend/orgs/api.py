"""The routes of the organisation and its members."""

from litestar import Controller
from litestar.params import FromPath, JSONBody

from backend.orgs import inviting, members, organisation
from backend.routes import delete, get, patch, post
from backend.work import CurrentWork
from contract.members import (
    InvitationAnswer,
    MemberAnswer,
    MemberInvite,
    MemberList,
    MemberPatch,
    OrganisationAnswer,
    OrganisationPatch,
)
from contract.wire import Empty


class OrganisationController(Controller):
    """What holds for everyone in it."""

    path = "/org"
    tags = ["organisation"]

    @get(summary="Show the organisation")
    async def show(self, work: CurrentWork) -> OrganisationAnswer:
        return OrganisationAnswer(org=await organisation.show(work))

    @patch(summary="Change the organisation")
    async def edit(self, work: CurrentWork, data: JSONBody[OrganisationPatch]) -> OrganisationAnswer:
        return OrganisationAnswer(org=await organisation.edit(work, data))


class MemberController(Controller):
    """Owners manage owners, admins the rest."""

    path = "/members"
    tags = ["organisation"]

    @get(summary="List members and open invitations")
    async def index(self, work: CurrentWork) -> MemberList:
        return MemberList(
            members=await members.all_members(work), invitations=await inviting.open_invitations(work)
        )

    @post(
        summary="Invite someone",
        description="The invited person redeems the token at /api/auth/accept-invitation.",
    )
    async def invite(self, work: CurrentWork, data: JSONBody[MemberInvite]) -> InvitationAnswer:
        return await inviting.invite(work, data)

    @delete("/invitations/{invitation_id:str}", summary="Take an invitation back")
    async def withdraw(self, work: CurrentWork, invitation_id: FromPath[str]) -> Empty:
        await inviting.withdraw(work, invitation_id)
        return Empty()

    @patch("/{user_id:str}", summary="Change a member's role")
    async def edit(
        self, work: CurrentWork, user_id: FromPath[str], data: JSONBody[MemberPatch]
    ) -> MemberAnswer:
        return MemberAnswer(member=await members.change_role(work, user_id, data.role))

    @delete("/{user_id:str}", summary="Remove a member", description="Their sessions end at once.")
    async def remove(self, work: CurrentWork, user_id: FromPath[str]) -> Empty:
        await members.remove(work, user_id)
        return Empty()
