"""The routes of DKIM keys."""

from litestar import Controller
from litestar.params import FromPath, JSONBody

from backend.accounts import dkim_service as service
from backend.routes import delete, get, post
from backend.work import CurrentWork
from contract.dkim import DkimKeyAnswer, DkimKeyCreate, DkimKeyList
from contract.wire import Empty


class DkimKeyController(Controller):
    """With what sending accounts sign."""

    path = "/dkim-keys"
    tags = ["sending accounts"]

    @get(summary="List DKIM keys")
    async def index(self, work: CurrentWork) -> DkimKeyList:
        return DkimKeyList(keys=await service.all_keys(work))

    @post(summary="Make a DKIM key")
    async def create(self, work: CurrentWork, data: JSONBody[DkimKeyCreate]) -> DkimKeyAnswer:
        return DkimKeyAnswer(key=await service.create(work, data))

    @post("/{key_id:str}/activate", summary="Sign with a DKIM key")
    async def activate(self, work: CurrentWork, key_id: FromPath[str]) -> DkimKeyAnswer:
        return DkimKeyAnswer(key=await service.activate(work, key_id))

    @delete("/{key_id:str}", summary="Remove a DKIM key")
    async def remove(self, work: CurrentWork, key_id: FromPath[str]) -> Empty:
        await service.delete(work, key_id)
        return Empty()
