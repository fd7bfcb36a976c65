"""The routes of the change feed."""

from collections.abc import Mapping
from typing import Annotated

from litestar import Controller
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter

from backend.domain import Presenter
from backend.feed import service
from backend.routes import get
from backend.witness import check_position
from backend.work import CurrentWork
from contract.feed import Changes, Kind

MAX_CHANGES = 500
WITNESS = "Handbill-Witness"


class FeedController(Controller):
    """Pulling by cursor."""

    path = "/sync"
    tags = ["sync"]

    @get("/changes", summary="What changed after a cursor")
    async def changes(
        self,
        work: CurrentWork,
        presenters: NamedDependency[Mapping[Kind, Presenter]],
        cursor: Annotated[str, QueryParameter(name="cursor", description="Empty = from the beginning.")] = "",
        limit: Annotated[int, QueryParameter(name="limit", ge=1, le=MAX_CHANGES)] = 200,
        witness: Annotated[
            str | None, HeaderParameter(name=WITNESS, description="The newest place of the feed ever seen.")
        ] = None,
    ) -> Changes:
        if witness:
            await check_position(work.session, witness, WITNESS)
        return await service.changes_after(work, presenters, cursor, limit)
