"""The routes of versions. Bringing one back is an ordinary save of what it holds."""

from litestar import Controller
from litestar.params import FromPath, FromQuery

from backend.pagination import DEFAULT_LIMIT, Before, Cursor, Limit, PageRequest, fetch_page, filter_hash
from backend.people import people
from backend.routes import get
from backend.versions import queries
from backend.work import CurrentWork
from contract.versions import VersionAnswer, VersionList
from contract.wire import DocumentId


class VersionController(Controller):
    """Read only: a version never changes."""

    path = "/versions"
    tags = ["versions"]

    @get(summary="List what a document, or all of them, held; newest first")
    async def index(
        self,
        work: CurrentWork,
        *,
        document: FromQuery[DocumentId | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
    ) -> VersionList:
        page = PageRequest(limit, cursor, before, filter_hash("versions", document))
        found = queries.matching(document)
        rows, following = await fetch_page(work.session, found, queries.NEWEST_FIRST, page)
        editors = await people(work, (row.saved_by for row in rows))
        return VersionList(versions=[queries.info(row, editors) for row in rows], next_cursor=following)

    @get("/{version_id:str}", summary="Show what it held")
    async def show(self, work: CurrentWork, version_id: FromPath[str]) -> VersionAnswer:
        row = await queries.find(work, version_id)
        return VersionAnswer(version=queries.to_wire(row, await people(work, [row.saved_by])))
