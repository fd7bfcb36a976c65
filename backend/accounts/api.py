"""The routes of sending accounts."""

from litestar import Controller
from litestar.params import FromPath, JSONBody

from backend.accounts import service
from backend.routes import delete, get, patch, post
from backend.work import CurrentWork
from contract.accounts import (
    SendingAccountAnswer,
    SendingAccountCreate,
    SendingAccountList,
    SendingAccountPatch,
    SendingAccountPause,
    SendingAccountTried,
)
from contract.wire import Empty


class SendingAccountController(Controller):
    """Through which server mail leaves."""

    path = "/sending-accounts"
    tags = ["sending accounts"]

    @get(summary="List sending accounts")
    async def index(self, work: CurrentWork) -> SendingAccountList:
        accounts = await service.all_accounts(work)
        return SendingAccountList(accounts=accounts, installation=work.ports.delivery.installation)

    @post(summary="Add a sending account")
    async def create(self, work: CurrentWork, data: JSONBody[SendingAccountCreate]) -> SendingAccountAnswer:
        return SendingAccountAnswer(account=await service.create(work, data))

    @patch("/{account_id:str}", summary="Change a sending account")
    async def edit(
        self, work: CurrentWork, account_id: FromPath[str], data: JSONBody[SendingAccountPatch]
    ) -> SendingAccountAnswer:
        return SendingAccountAnswer(account=await service.edit(work, account_id, data))

    @post("/{account_id:str}/test", opt={"reads": True}, summary="Try to sign in at its server")
    async def try_out(self, work: CurrentWork, account_id: FromPath[str]) -> SendingAccountTried:
        reason = await service.try_out(work, account_id)
        return SendingAccountTried(works=reason is None, reason=reason)

    @post("/{account_id:str}/pause", summary="Let nothing leave through it")
    async def pause(
        self, work: CurrentWork, account_id: FromPath[str], data: JSONBody[SendingAccountPause]
    ) -> SendingAccountAnswer:
        return SendingAccountAnswer(account=await service.pause(work, account_id, data.reason))

    @post("/{account_id:str}/default", summary="Send through it where no account is chosen")
    async def make_default(self, work: CurrentWork, account_id: FromPath[str]) -> SendingAccountAnswer:
        return SendingAccountAnswer(account=await service.make_default(work, account_id))

    @post("/{account_id:str}/resume", summary="Use a paused account again")
    async def unpause(self, work: CurrentWork, account_id: FromPath[str]) -> SendingAccountAnswer:
        return SendingAccountAnswer(account=await service.unpause(work, account_id))

    @delete("/{account_id:str}", summary="Remove a sending account")
    async def remove(self, work: CurrentWork, account_id: FromPath[str]) -> Empty:
        await service.delete(work, account_id)
        return Empty()
