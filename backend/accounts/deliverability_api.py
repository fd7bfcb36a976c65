"""The route of the deliverability doctor."""

from litestar import Controller
from litestar.params import FromPath

from backend.accounts import deliverability
from backend.routes import get
from backend.work import CurrentWork
from contract.deliverability import DeliverabilityAnswer


class DeliverabilityController(Controller):
    """What receivers will find when they look the sender up."""

    path = "/sending-accounts"
    tags = ["sending accounts"]

    @get("/{account_id:str}/deliverability", summary="Look up what the sender's domain publishes")
    async def show(self, work: CurrentWork, account_id: FromPath[str]) -> DeliverabilityAnswer:
        return DeliverabilityAnswer(deliverability=await deliverability.examine(work, account_id))
