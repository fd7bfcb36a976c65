"""The routes of what became of a sequence: its report, and each of its mails by name, again where need be."""

from litestar import Controller
from litestar.params import FromPath, JSONBody

from backend import documents
from backend.db.models.sequence import Sequence
from backend.mail_pages import Delivered, Find, Mails, Offset, Reason, State, mail_page, page_at
from backend.pagination import DEFAULT_LIMIT, Cursor
from backend.ports import DeliveryFilter
from backend.routes import get, post
from backend.sequences import resending
from backend.work import CurrentWork
from contract.delivery import DeliveryList, Progress, Resend, Resent
from contract.reports import SequenceReportAnswer


class SequenceReportController(Controller):
    """Who got it, who did not, and why."""

    path = "/sequences/{row_id:str}"
    tags = ["sequences"]

    @get("/report", summary="What became of it so far")
    async def report(self, work: CurrentWork, row_id: FromPath[str]) -> SequenceReportAnswer:
        row = await documents.find(work.session, Sequence, row_id)
        found = await work.ports.delivery.sequence_report(work.session, row, work.now)
        return SequenceReportAnswer(report=found)

    @get("/progress", summary="Its mails so far by state")
    async def progress(self, work: CurrentWork, row_id: FromPath[str]) -> Progress:
        row = await documents.find(work.session, Sequence, row_id)
        found = await work.ports.delivery.progress(work.session, [row.id])
        return found.get(row.id, Progress(total=0))

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
        row = await documents.find(work.session, Sequence, row_id)
        wanted = DeliveryFilter(only, delivered, reason, q)
        return await mail_page(work, row.id, wanted, page_at(limit, cursor, offset))

    @post("/resend", summary="Send unknown mails again")
    async def resend(self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[Resend]) -> Resent:
        return Resent(resent=await resending.resend(work, row_id, data))
