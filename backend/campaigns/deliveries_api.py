"""The routes of what is on its way, and of each mail by name."""

from litestar import Controller
from litestar.params import FromPath, JSONBody

from backend import documents
from backend.campaigns import outbox, resending
from backend.db.models.campaign import Campaign
from backend.mail_pages import Delivered, Find, Mails, Offset, Reason, State, mail_page, page_at
from backend.pagination import DEFAULT_LIMIT, Cursor
from backend.ports import DeliveryFilter
from backend.routes import get, post
from backend.work import CurrentWork
from contract.delivery import DeliveryList, Outbox, Resend, Resent


class OutboxController(Controller):
    """What is on its way, in one look."""

    path = "/outbox"
    tags = ["campaigns"]

    @get(summary="Campaigns that are scheduled, being sent or paused, and why they wait")
    async def index(self, work: CurrentWork) -> Outbox:
        return Outbox(campaigns=await outbox.entries(work))


class DeliveryController(Controller):
    """Who got it, who did not, and why."""

    path = "/campaigns/{row_id:str}"
    tags = ["campaigns"]

    @get("/deliveries", summary="Every mail and its state")
    async def deliveries(
        self,
        work: CurrentWork,
        row_id: FromPath[str],
        *,
        only: State = None,
        delivered: Delivered = None,
        reason: Reason = None,
        q: Find = None,
        limit: Mails = DEFAULT_LIMIT,
        cursor: Cursor = None,
        offset: Offset = None,
    ) -> DeliveryList:
        row = await documents.find(work.session, Campaign, row_id)
        wanted = DeliveryFilter(only, delivered, reason, q)
        return await mail_page(work, row.id, wanted, page_at(limit, cursor, offset))

    @post("/resend", summary="Send unknown mails again")
    async def resend(self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[Resend]) -> Resent:
        return Resent(resent=await resending.resend(work, row_id, data))
