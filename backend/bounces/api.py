"""The route of mails that came back."""

from litestar import Controller
from litestar.params import JSONBody

from backend.bounces import service
from backend.routes import post
from backend.work import CurrentWork
from contract.bounces import BounceAnswer, BounceRead


class BounceController(Controller):
    """For whatever takes the mail of a bounce address: a pipe, a mailbox, a provider."""

    path = "/bounces"
    tags = ["sending accounts"]

    @post(summary="Read a mail that came back")
    async def read(self, work: CurrentWork, data: JSONBody[BounceRead]) -> BounceAnswer:
        return BounceAnswer(bounces=await service.read(work, data.message))
