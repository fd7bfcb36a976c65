"""The routes of templates and snippets."""

from litestar import Controller
from litestar.params import FromPath, FromQuery, JSONBody

from backend import documents
from backend.db.models.library import SavedMail
from backend.library import queries, service
from backend.pagination import DEFAULT_LIMIT, Before, Cursor, Limit, PageRequest, fetch_page, filter_hash
from backend.routes import delete, get, patch, post
from backend.work import CurrentWork
from contract.library import SavedKind, SavedMailAnswer, SavedMailCreate, SavedMailList, SavedMailPatch
from contract.wire import Empty


class LibraryController(Controller):
    """What new mails start from."""

    path = "/saved-mails"
    tags = ["library"]

    @get(summary="List templates and snippets, by name")
    async def index(
        self,
        work: CurrentWork,
        *,
        kind: FromQuery[SavedKind | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
    ) -> SavedMailList:
        page = PageRequest(limit, cursor, before, filter_hash("saved-mails", kind))
        rows, following = await fetch_page(work.session, queries.matching(kind), queries.BY_NAME, page)
        return SavedMailList(saved_mails=[queries.to_wire(row) for row in rows], next_cursor=following)

    @post(summary="Keep a mail or a few blocks to start from")
    async def create(self, work: CurrentWork, data: JSONBody[SavedMailCreate]) -> SavedMailAnswer:
        return SavedMailAnswer(saved_mail=queries.to_wire(await service.create(work, data)))

    @get("/{row_id:str}", summary="Show one")
    async def show(self, work: CurrentWork, row_id: FromPath[str]) -> SavedMailAnswer:
        row = await documents.find(work.session, SavedMail, row_id)
        return SavedMailAnswer(saved_mail=queries.to_wire(row))

    @patch("/{row_id:str}", summary="Change one")
    async def edit(
        self, work: CurrentWork, row_id: FromPath[str], data: JSONBody[SavedMailPatch]
    ) -> SavedMailAnswer:
        return SavedMailAnswer(saved_mail=queries.to_wire(await service.edit(work, row_id, data)))

    @delete("/{row_id:str}", summary="Delete one")
    async def remove(self, work: CurrentWork, row_id: FromPath[str]) -> Empty:
        await service.delete(work, row_id)
        return Empty()
