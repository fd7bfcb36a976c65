"""The routes of what is on its way, and of each mail by name."""

from typing import Annotated

from litestar import Controller
from litestar.params import FromPath, JSONBody, QueryParameter

from backend import documents
from backend.campaigns import outbox, resending
from backend.db.models.campaign import Campaign
from backend.pagination import DEFAULT_LIMIT, Cursor, parse_row_cursor
from backend.ports import DeliveryFilter, DeliveryPage
from backend.routes import get, post
from backend.work import CurrentWork
from contract.delivery import DeliveryList, DeliveryState, Outbox, Resend, Resent

Words = Annotated[str | None, QueryParameter(max_length=300)]
Offset = Annotated[
    int | None, QueryParameter(name="offset", ge=0, le=2**31, description="The page that begins at this row.")
]
Mails = Annotated[int, QueryParameter(name="limit", ge=1, le=2_000, description="Rows on a page.")]


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
        only: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
        delivered: Annotated[bool | None, QueryParameter(description="Whether it arrived.")] = None,
        reason: Words = None,
        q: Annotated[str | None, QueryParameter(max_length=300, description="In address or reason.")] = None,
        limit: Mails = DEFAULT_LIMIT,
        cursor: Cursor = None,
        offset: Offset = None,
    ) -> DeliveryList:
        row = await documents.find(work.session, Campaign, row_id)
        wanted = DeliveryFilter(only, delivered, reason, q)
        page = DeliveryPage(limit + 1, parse_row_cursor(cursor) or 0, offset)
        rows = await work.ports.delivery.deliveries(work.session, row, wanted, page)
        return DeliveryList(
            deliveries=rows[:limit],
            next_cursor=rows[limit - 1].id if len(rows) > limit else None,
            total=await work.ports.delivery.count_deliveries(work.session, row, wanted),
            offset=offset,
        )

    @post("/resend", summary="Send unknown mails again")
    async def resend(self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[Resend]) -> Resent:
        return Resent(resent=await resending.resend(work, row_id, data))
