"""The routes of sequences."""

from typing import Annotated

from litestar import Controller
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend import documents
from backend.db.models.sequence import Sequence
from backend.pagination import (
    DEFAULT_LIMIT,
    Before,
    Cursor,
    Limit,
    PageRequest,
    fetch_page,
    filter_hash,
    parse_row_cursor,
)
from backend.routes import delete, get, patch, post
from backend.sequences import publishing, queries, service
from backend.work import CurrentWork, Work
from contract.sequences import (
    Activate,
    EnrolmentList,
    PauseSoFar,
    Plan,
    SequenceAnswer,
    SequenceAutosave,
    SequenceCreate,
    SequenceList,
    SequencePatch,
    SequenceResume,
    StepsPatch,
)
from contract.simulation import Simulate, Simulation
from contract.transitions import SequenceStatus
from contract.wire import Empty


async def _answer(work: Work, row: Sequence) -> SequenceAnswer:
    return SequenceAnswer(sequence=(await queries.with_active(work, [row]))[0])


class SequenceController(Controller):
    """Writing."""

    path = "/sequences"
    tags = ["sequences"]

    @get(summary="List sequences, newest change first")
    async def index(
        self,
        work: CurrentWork,
        *,
        q: FromQuery[str | None] = None,
        status: FromQuery[SequenceStatus | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
    ) -> SequenceList:
        page = PageRequest(limit, cursor, before, filter_hash("sequences", q, status))
        query = queries.matching(q, status)
        rows, following = await fetch_page(work.session, query, queries.NEWEST_CHANGE_FIRST, page)
        return SequenceList(sequences=await queries.with_active(work, rows), next_cursor=following)

    @post(summary="Create a draft")
    async def create(self, work: CurrentWork, data: JSONBody[SequenceCreate]) -> SequenceAnswer:
        return await _answer(work, await service.create(work, data))

    @get("/{row_id:str}", summary="Show a sequence")
    async def show(self, work: CurrentWork, row_id: FromPath[str]) -> SequenceAnswer:
        return await _answer(work, await documents.find(work.session, Sequence, row_id))

    @post("/{row_id:str}", summary="Autosave: write if `updatedAt` still fits")
    async def autosave(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[SequenceAutosave]
    ) -> SequenceAnswer:
        return await _answer(work, await service.edit(work, row_id, data))

    @patch("/{row_id:str}", summary="Change a sequence")
    async def edit(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[SequencePatch]
    ) -> SequenceAnswer:
        return await _answer(work, await service.edit(work, row_id, data))

    @patch("/{row_id:str}/steps", summary="Replace the steps of the draft")
    async def edit_steps(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[StepsPatch]
    ) -> SequenceAnswer:
        return await _answer(work, await service.edit(work, row_id, data))

    @delete("/{row_id:str}", summary="Delete a sequence")
    async def remove(
        self,
        work: CurrentWork,
        row_id: FromPath[str],
        updated_at: Annotated[str | None, QueryParameter(name="updatedAt")] = None,
    ) -> Empty:
        await service.delete(work, row_id, updated_at)
        return Empty()


class SequenceRunController(Controller):
    """Letting it run."""

    path = "/sequences/{row_id:str}"
    tags = ["sequences"]

    @get("/plan", summary="What publishing the draft would do")
    async def plan(self, work: CurrentWork, row_id: FromPath[str]) -> Plan:
        row = await documents.find(work.session, Sequence, row_id)
        return await work.ports.sequencing.plan(work.session, row, work.now)

    @post("/simulate", opt={"reads": True}, summary="Play it for one contact on a clock of its own")
    async def simulate(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[Simulate]
    ) -> Simulation:
        row = await documents.find(work.session, Sequence, row_id)
        return await work.ports.sequencing.simulate(work.session, row, data, work.now)

    @post("/activate", summary="Publish the draft")
    async def activate(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[Activate]
    ) -> SequenceAnswer:
        row = await documents.find(work.session, Sequence, row_id)
        before = queries.as_json(row)
        documents.check_version(row, data.updated_at, lambda: before)
        await publishing.publish(work, row, data.plan_hash)
        await service.finish(work, row, "published", before)
        return await _answer(work, row)

    @post("/pause", summary="Pause it")
    async def pause(self, work: CurrentWork, row_id: FromPath[str]) -> SequenceAnswer:
        row = await service.edit(work, row_id, SequencePatch(status=SequenceStatus.PAUSED))
        return await _answer(work, row)

    @get("/pause", summary="What resuming would be about")
    async def paused(self, work: CurrentWork, row_id: FromPath[str]) -> PauseSoFar:
        row = await documents.find(work.session, Sequence, row_id)
        overdue = await work.ports.sequencing.overdue(work.session, row, work.now)
        return PauseSoFar(paused_at=row.paused_at, overdue=overdue)

    @post("/resume", summary="Go on")
    async def resume(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[SequenceResume]
    ) -> SequenceAnswer:
        row = await documents.find(work.session, Sequence, row_id)
        before = queries.as_json(row)
        await publishing.resume(work, row, data)
        await service.finish(work, row, "resumed", before)
        return await _answer(work, row)

    @get("/enrolments", summary="Who is in it")
    async def enrolments(
        self,
        work: CurrentWork,
        row_id: FromPath[str],
        *,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
    ) -> EnrolmentList:
        row = await documents.find(work.session, Sequence, row_id)
        before = parse_row_cursor(cursor)
        found = await work.ports.sequencing.enrolments(work.session, row, before, limit + 1)
        following = str(found[limit - 1][0]) if len(found) > limit else None
        return EnrolmentList(enrolments=[e for _, e in found[:limit]], next_cursor=following)
