"""The routes of suppressions."""

from litestar import Controller
from litestar.params import FromPath, FromQuery, JSONBody

from backend.contacts import suppressions
from backend.pagination import DEFAULT_LIMIT, Before, Cursor, Limit, PageRequest, fetch_page, filter_hash
from backend.routes import delete, get, post
from backend.work import CurrentWork
from contract.suppressions import SuppressionAnswer, SuppressionCreate, SuppressionList
from contract.wire import Empty


class SuppressionController(Controller):
    """Addresses that are never written to."""

    path = "/suppressions"
    tags = ["contacts"]

    @get(summary="List suppressions, or ask about one address")
    async def index(
        self,
        work: CurrentWork,
        *,
        email: FromQuery[str | None] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
    ) -> SuppressionList:
        page = PageRequest(limit, cursor, before, filter_hash("suppressions", email))
        query = suppressions.standing(email)
        rows, following = await fetch_page(work.session, query, suppressions.NEWEST_FIRST, page)
        return SuppressionList(
            suppressions=[suppressions.to_wire(row) for row in rows], next_cursor=following
        )

    @post(summary="Never write to an address again")
    async def create(self, work: CurrentWork, data: JSONBody[SuppressionCreate]) -> SuppressionAnswer:
        return SuppressionAnswer(suppression=await suppressions.suppress(work, data.email))

    @delete("/{address_hash:str}", summary="Let an address be written to again")
    async def undo(self, work: CurrentWork, address_hash: FromPath[str]) -> Empty:
        await suppressions.undo(work, address_hash)
        return Empty()
