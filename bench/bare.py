"""The same list, get and autosave as anyone would write them first: no sign-in, no border, no record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Controller, Litestar, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.plugins.pydantic import PydanticPlugin
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.campaigns.queries import to_wire
from backend.db.engine import Database
from backend.db.entry import enter_organisation
from backend.db.models.campaign import Campaign
from backend.db.timestamps import next_version
from contract.blocks import dump_document
from contract.campaigns import CampaignAnswer, CampaignAutosave, CampaignList
from contract.clock import SystemClock
from contract.wire import format_timestamp


@asynccontextmanager
async def _reading(state: State) -> AsyncIterator[AsyncSession]:
    async with state.database.system_reader() as session:
        await enter_organisation(session, state.org_id)
        yield session


@asynccontextmanager
async def _writing(state: State) -> AsyncIterator[AsyncSession]:
    async with state.database.system_writer() as session:
        await enter_organisation(session, state.org_id)
        yield session


class BareController(Controller):
    """Campaigns."""

    path = "/campaigns"

    @get()
    async def index(self, state: State, limit: FromQuery[int]) -> CampaignList:
        query = select(Campaign).where(Campaign.org_id == state.org_id)
        newest = query.order_by(Campaign.updated_at.desc(), Campaign.id.desc()).limit(limit + 1)
        async with _reading(state) as session:
            rows = list(await session.scalars(newest))
        return CampaignList(campaigns=[to_wire(row) for row in rows[:limit]], next_cursor=rows[limit].id)

    @get("/{row_id:str}")
    async def show(self, state: State, row_id: FromPath[str]) -> CampaignAnswer:
        async with _reading(state) as session:
            row = await _find(session, state.org_id, row_id)
        return CampaignAnswer(campaign=to_wire(row))

    @post("/{row_id:str}", status_code=200)
    async def save(
        self, state: State, row_id: FromPath[str], data: JSONBody[CampaignAutosave]
    ) -> CampaignAnswer:
        assert data.content_json is not None
        async with _writing(state) as session:
            row = await _find(session, state.org_id, row_id)
            assert format_timestamp(row.updated_at) == data.updated_at
            row.content_json = dump_document(data.content_json)
            row.updated_at = next_version(SystemClock().now(), row.updated_at)
        return CampaignAnswer(campaign=to_wire(row))


async def _find(session: AsyncSession, org_id: int, row_id: str) -> Campaign:
    query = select(Campaign).where(Campaign.org_id == org_id, Campaign.id == row_id)
    return (await session.scalars(query)).one()


def bare_app(database: Database, org_id: int) -> Litestar:
    """An application over a database that is prepared and filled."""
    return Litestar(
        [Router("/api", route_handlers=[BareController])],
        plugins=[PydanticPlugin(prefer_alias=True)],
        state=State({"database": database, "org_id": org_id}),
        logging_config=None,
        openapi_config=None,
    )
