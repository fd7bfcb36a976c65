"""The routes of suppressions."""

from typing import Annotated

from litestar import Controller
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.contacts import suppression_list as listing
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
        q: Annotated[str | None, QueryParameter(max_length=254, description="In the address.")] = None,
        reason: Annotated[str | None, QueryParameter(max_length=100)] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
    ) -> SuppressionList:
        page = PageRequest(limit, cursor, before, filter_hash("suppressions", email, q, reason))
        query = listing.matching(q, reason) if email is None else suppressions.standing(email)
        rows, following = await fetch_page(work.session, query, listing.NEWEST_FIRST, page)
        return SuppressionList(
            suppressions=await listing.present(work.session, rows),
            next_cursor=following,
            total=await listing.count(work.session, query),
            reasons=await listing.reasons(work.session),
        )

    @post(summary="Never write to an address again")
    async def create(self, work: CurrentWork, data: JSONBody[SuppressionCreate]) -> SuppressionAnswer:
        return SuppressionAnswer(suppression=await suppressions.suppress(work, data.email))

    @delete("/{address_hash:str}", summary="Let an address be written to again")
    async def undo(self, work: CurrentWork, address_hash: FromPath[str]) -> Empty:
        await suppressions.undo(work, address_hash)
        return Empty()
