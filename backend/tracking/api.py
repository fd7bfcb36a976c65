"""`/u/<token>`: GET asks, POST acts, from the form and for one-click unsubscribing (RFC 8058)."""

from litestar import Controller, MediaType, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath

from backend.tracking import html
from backend.tracking.unsubscribe import find_leaving, unsubscribe


def _page(content: str, status_code: int = 200) -> Response[str]:
    return Response(content, media_type=MediaType.HTML, status_code=status_code, headers=html.HEADERS)


class UnsubscribePages(Controller):
    """Without a login; the token is the right to do this one thing."""

    path = "/u"
    opt = {"public": True}
    include_in_schema = False

    @get("/{token:str}")
    async def ask(self, token: FromPath[str], state: State) -> Response[str]:
        leaving = await find_leaving(state.parts.database, token)
        if leaving is None:
            return _page(html.invalid_page(), 404)
        if leaving.is_test:
            return _page(html.sample_page())
        show = html.done_page if leaving.gone else html.ask_page
        return _page(show(leaving.sender, leaving.shown))

    @post("/{token:str}", status_code=200)
    async def act(self, token: FromPath[str], state: State) -> Response[str]:
        leaving = await find_leaving(state.parts.database, token)
        if leaving is None:
            return _page(html.invalid_page(), 404)
        if leaving.is_test:
            return _page(html.sample_page())
        await unsubscribe(state.parts.database, leaving, state.parts.clock.now())
        return _page(html.done_page(leaving.sender, leaving.shown))
