"""The route of events."""

from typing import Any

from litestar import Controller, Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.response import Stream

from backend.auth.service import Auth
from backend.auth.tokens import AccessClaims
from backend.events.stream import positions
from backend.parts import Parts
from backend.routes import get
from contract.problems import ThrottledError

MEDIA_TYPE = "text/event-stream"
MAX_LISTENERS = 500
"""For one organisation."""


class EventController(Controller):
    """Never needed: whoever does not listen pulls now and then."""

    path = "/events"
    tags = ["sync"]

    @get(
        opt={"own_transaction": True},
        media_type=MEDIA_TYPE,
        summary="Hear that something changed",
        description=(
            "Server-sent events without content: each says at which number the organisation's feed is. "
            "The stream ends with the session, and at the latest when an access token would."
        ),
    )
    async def listen(
        self, request: Request[AccessClaims, Any, Any], state: State, auth: NamedDependency[Auth]
    ) -> Stream:
        parts: Parts = state.parts
        await auth.me(request.user)
        if parts.pokes.listeners(request.user.org_id) >= MAX_LISTENERS:
            raise ThrottledError(retry_after=60)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Stream(positions(parts, request.user), media_type=MEDIA_TYPE, headers=headers)
