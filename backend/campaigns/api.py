"""The routes of campaigns."""

from typing import Annotated

from litestar import Controller
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend import documents
from backend.campaigns import approval, queries, sending, service
from backend.db.models.campaign import Campaign
from backend.pagination import (
    DEFAULT_LIMIT,
    Before,
    Cursor,
    Limit,
    PageRequest,
    fetch_page,
    filter_hash,
)
from backend.routes import delete, get, patch, post
from backend.work import CurrentWork, Work
from contract.campaigns import (
    ApprovalAnswer,
    CampaignAnswer,
    CampaignApprove,
    CampaignAutosave,
    CampaignCreate,
    CampaignList,
    CampaignPatch,
    CampaignSend,
    CampaignTest,
    TestAnswer,
)
from contract.delivery import Funnel
from contract.preflight import PreflightPage
from contract.reports import CampaignReportAnswer
from contract.transitions import CampaignAction, CampaignStatus
from contract.wire import Empty

Copies = Annotated[
    int, QueryParameter(name="limit", ge=1, le=2_000, description="Recipients to look at, at most.")
]


async def _answer(work: Work, row: Campaign) -> CampaignAnswer:
    return CampaignAnswer(campaign=(await queries.with_progress(work, [row]))[0])


class CampaignController(Controller):
    """Writing."""

    path = "/campaigns"
    tags = ["campaigns"]

    @get(summary="List campaigns, newest change first")
    async def index(
        self,
        work: CurrentWork,
        *,
        q: FromQuery[str | None] = None,
        status: FromQuery[CampaignStatus | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
    ) -> CampaignList:
        page = PageRequest(limit, cursor, before, filter_hash("campaigns", q, status))
        query = queries.matching(q, status)
        rows, following = await fetch_page(work.session, query, queries.NEWEST_CHANGE_FIRST, page)
        return CampaignList(campaigns=await queries.with_progress(work, rows), next_cursor=following)

    @post(summary="Create a draft")
    async def create(self, work: CurrentWork, data: JSONBody[CampaignCreate]) -> CampaignAnswer:
        return await _answer(work, await service.create(work, data))

    @get("/{row_id:str}", summary="Show a campaign")
    async def show(self, work: CurrentWork, row_id: FromPath[str]) -> CampaignAnswer:
        return await _answer(work, await documents.find(work.session, Campaign, row_id))

    @post("/{row_id:str}", summary="Autosave: write if `updatedAt` still fits")
    async def autosave(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[CampaignAutosave]
    ) -> CampaignAnswer:
        return await _answer(work, await service.edit(work, row_id, data))

    @patch("/{row_id:str}", summary="Change a campaign")
    async def edit(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[CampaignPatch]
    ) -> CampaignAnswer:
        return await _answer(work, await service.edit(work, row_id, data))

    @delete("/{row_id:str}", summary="Delete a campaign")
    async def remove(
        self,
        work: CurrentWork,
        row_id: FromPath[str],
        updated_at: Annotated[str | None, QueryParameter(name="updatedAt")] = None,
    ) -> Empty:
        await service.delete(work, row_id, updated_at)
        return Empty()


class CampaignSendingController(Controller):
    """Sending, and what became of it."""

    path = "/campaigns/{row_id:str}"
    tags = ["campaigns"]

    @post("/send", summary="Send now, or at a time")
    async def send(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[CampaignSend]
    ) -> CampaignAnswer:
        return await _answer(work, await sending.send(work, row_id, data))

    @post("/pause", summary="Pause it")
    async def pause(self, work: CurrentWork, row_id: FromPath[str]) -> CampaignAnswer:
        return await _answer(work, await sending.act(work, row_id, CampaignAction.PAUSE))

    @post("/resume", summary="Go on")
    async def resume(self, work: CurrentWork, row_id: FromPath[str]) -> CampaignAnswer:
        return await _answer(work, await sending.act(work, row_id, CampaignAction.RESUME))

    @post("/cancel", summary="Give up what was not sent yet")
    async def cancel(self, work: CurrentWork, row_id: FromPath[str]) -> CampaignAnswer:
        return await _answer(work, await sending.act(work, row_id, CampaignAction.CANCEL))

    @get("/approval", summary="Whether somebody approved it")
    async def approval(self, work: CurrentWork, row_id: FromPath[str]) -> ApprovalAnswer:
        row = await documents.find(work.session, Campaign, row_id)
        return ApprovalAnswer(approval=await approval.show(work, row))

    @post("/approve", summary="Approve it, so that somebody else may send it")
    async def approve(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[CampaignApprove]
    ) -> ApprovalAnswer:
        return ApprovalAnswer(approval=await approval.approve(work, row_id, data))

    @post("/test", opt={"reads": True}, summary="Send a test mail")
    async def test(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[CampaignTest]
    ) -> TestAnswer:
        row = await documents.find(work.session, Campaign, row_id)
        contact_id = int(data.contact_id) if data.contact_id else None
        return TestAnswer(accepted=await work.ports.delivery.test(work.session, row, data.to, contact_id))

    @get("/audience", summary="Who would be mailed now")
    async def audience(self, work: CurrentWork, row_id: FromPath[str]) -> Funnel:
        row = await documents.find(work.session, Campaign, row_id)
        return await work.ports.delivery.audience(work.session, row, work.now)

    @get("/preflight", summary="Whose copy would break, page after page of recipients")
    async def preflight(
        self, work: CurrentWork, row_id: FromPath[str], *, limit: Copies = 500, cursor: Cursor = None
    ) -> PreflightPage:
        row = await documents.find(work.session, Campaign, row_id)
        return await work.ports.delivery.preflight(work.session, row, limit, cursor, work.now)

    @get("/report", summary="What became of it")
    async def report(self, work: CurrentWork, row_id: FromPath[str]) -> CampaignReportAnswer:
        row = await documents.find(work.session, Campaign, row_id)
        return CampaignReportAnswer(report=await work.ports.delivery.report(work.session, row))
