"""`/t/<token>-<code>` passes a reader on, `/o/<token>.gif` is a picture of one transparent point."""

import base64
from typing import Any

from litestar import Controller, MediaType, Request, Response
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from backend.tracking import html
from backend.tracking.following import Asked, Followed, follow, opened
from render_preview.tracking import CLICK_PATH, OPEN_PATH

POINT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_UNKEPT = {name: html.HEADERS[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")}


Asking = Request[Any, Any, State]


def _asked(request: Asking) -> Asked:
    return Asked(request.method, request.headers)


def _nowhere(found: Followed | None) -> Response[str]:
    if found is None:
        page = html.invalid_page()
    elif found.test:
        return Response(html.sample_page(), media_type=MediaType.HTML, headers=html.HEADERS)
    else:
        page = html.gone_page() if found.gone else html.nowhere_page()
    return Response(page, media_type=MediaType.HTML, status_code=404, headers=html.HEADERS)


class LinkPages(Controller):
    """What mails lead to. No answer is ever kept, so that each use comes by."""

    opt = {"public": True}
    include_in_schema = False

    @HTTPRouteHandler(f"{CLICK_PATH}/{{token:str}}", http_method=["GET", "HEAD"])
    async def pass_on(self, token: FromPath[str], state: State, request: Asking) -> Response[str]:
        """A tracked link."""
        found = await follow(state.parts, token, _asked(request))
        if found is None or found.target is None:
            return _nowhere(found)
        headers = _UNKEPT | {"Location": found.target}
        return Response("", media_type=MediaType.TEXT, status_code=302, headers=headers)

    @HTTPRouteHandler(f"{OPEN_PATH}/{{name:str}}", http_method=["GET", "HEAD"])
    async def point(self, name: FromPath[str], state: State, request: Asking) -> Response[bytes]:
        """The picture of a tracked mail."""
        await opened(state.parts, name.removesuffix(".gif"), _asked(request))
        return Response(POINT, media_type="image/gif", headers=_UNKEPT)
