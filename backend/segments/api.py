"""The routes of segments."""

from typing import Annotated

from litestar import Controller
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend import documents
from backend.contact_pages import ContactPage, ContactSort, contact_page
from backend.db.fields import known_fields
from backend.db.models.segment import Segment
from backend.pagination import DEFAULT_LIMIT, Before, Cursor, Limit, PageRequest, fetch_page, filter_hash
from backend.routes import delete, get, patch, post
from backend.segments import members, queries, service, trying
from backend.segments.lacking import count_lacking
from backend.work import CurrentWork
from contract.segments import (
    ExplainRequest,
    Explanation,
    LackingAnswer,
    MembersAdded,
    MembersRemoved,
    MembersRequest,
    PreviewAnswer,
    PreviewRequest,
    SegmentAnswer,
    SegmentCreate,
    SegmentDetail,
    SegmentList,
    SegmentPatch,
)
from contract.wire import Empty

At = Annotated[float | None, QueryParameter(name="at", ge=0, le=1, description="A part of the list.")]
Fields = Annotated[str, QueryParameter(name="fields", max_length=2_000, description="Keys, by commas.")]
Offset = Annotated[int | None, QueryParameter(name="offset", ge=0, description="Begin at this member.")]


class SegmentController(Controller):
    """Saved filters and who is in them."""

    path = "/segments"
    tags = ["segments"]

    @get(summary="List segments by name")
    async def index(
        self,
        work: CurrentWork,
        *,
        q: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
    ) -> SegmentList:
        page = PageRequest(limit, cursor, before, filter_hash("segments", q))
        rows, following = await fetch_page(work.session, queries.matching(q), queries.BY_NAME, page)
        return SegmentList(segments=await queries.with_counts(work, rows), next_cursor=following)

    @post(summary="Save a filter")
    async def create(self, work: CurrentWork, data: JSONBody[SegmentCreate]) -> SegmentAnswer:
        return SegmentAnswer(segment=await queries.with_count(work, await service.create(work, data)))

    @post("/preview", opt={"reads": True}, summary="Try a filter")
    async def preview(self, work: CurrentWork, data: JSONBody[PreviewRequest]) -> PreviewAnswer:
        return await trying.preview(work, data)

    @post("/explain", opt={"reads": True}, summary="Why is this contact in or out?")
    async def explain(self, work: CurrentWork, data: JSONBody[ExplainRequest]) -> Explanation:
        return await trying.explain(work, data)

    @get("/{row_id:str}", summary="Show a segment and a page of its members")
    async def show(
        self,
        work: CurrentWork,
        row_id: FromPath[str],
        *,
        sort: FromQuery[ContactSort] = ContactSort.EMAIL,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
        at: At = None,
        offset: Offset = None,
    ) -> SegmentDetail:
        row = await documents.find(work.session, Segment, row_id)
        page = ContactPage(limit, cursor, before, at, offset, sort, ("segment", row_id))
        found = await contact_page(work.session, await queries.condition_of(work, row), page)
        return SegmentDetail(
            segment=queries.to_wire(row, await known_fields(work.session), found.total),
            members=found.contacts,
            next_cursor=found.next_cursor,
            member_count=found.total,
        )

    @patch("/{row_id:str}", summary="Change a segment")
    async def edit(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[SegmentPatch]
    ) -> SegmentAnswer:
        return SegmentAnswer(segment=await queries.with_count(work, await service.edit(work, row_id, data)))

    @delete("/{row_id:str}", summary="Delete a segment")
    async def remove(
        self,
        work: CurrentWork,
        row_id: FromPath[str],
        updated_at: Annotated[str | None, QueryParameter(name="updatedAt")] = None,
    ) -> Empty:
        await service.delete(work, row_id, updated_at)
        return Empty()

    @get("/{row_id:str}/lacking", summary="How many members have nothing in a field")
    async def lacking(
        self, work: CurrentWork, row_id: FromPath[str], *, fields: Fields = ""
    ) -> LackingAnswer:
        row = await documents.find(work.session, Segment, row_id)
        return await count_lacking(work, row, fields)

    @post("/{row_id:str}/members", summary="Take contacts in by hand")
    async def include(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[MembersRequest]
    ) -> MembersAdded:
        return MembersAdded(added=await members.include(work, row_id, data))

    @delete("/{row_id:str}/members", summary="Take contacts out by hand")
    async def exclude(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[MembersRequest]
    ) -> MembersRemoved:
        return MembersRemoved(removed=await members.remove(work, row_id, data))
