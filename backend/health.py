"""Whether this process lives, and whether it can work."""

from litestar import Controller, get
from litestar.datastructures import State
from sqlalchemy import text

from contract.wire import Answer


class Health(Answer):
    """`ok`."""

    status: str = "ok"


class HealthController(Controller):
    """Asked by launchers and load balancers, without a login."""

    path = "/health"
    opt = {"public": True}
    tags = ["health"]

    @get("/live", summary="The process answers")
    async def live(self) -> Health:
        return Health()

    @get("/ready", summary="The database answers")
    async def ready(self, state: State) -> Health:
        async with state.parts.database.system_reader() as session:
            await session.execute(text("SELECT 1"))
        return Health()
