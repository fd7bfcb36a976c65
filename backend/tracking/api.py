"""The pages behind links in mails. GET shows, POST acts, because scanners open every link.

`/u/<token>` unsubscribes, from the form and for one-click unsubscribing (RFC 8058), `/p/<token>` shows
preferences, `/v/<token>` the mail in the browser.
"""

from litestar import Controller, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath

from backend.mail_links import Purpose
from backend.parts import Parts
from backend.tracking import html, preferences
from backend.tracking.evidence import note_arrival
from backend.tracking.unsubscribe import find_leaving, unsubscribe
from backend.tracking.viewing import find_mail_page
from backend.tracking.visits import Visit, find_visit


def _page(content: str, status_code: int = 200) -> Response[str]:
    return Response(content, media_type=MediaType.HTML, status_code=status_code, headers=html.HEADERS)


async def _visit(parts: Parts, purpose: Purpose, token: str) -> Visit | None:
    visit = await find_visit(parts.database, purpose, token)
    if visit is not None and not visit.is_test:
        await note_arrival(parts.database, visit.claim, parts.clock.now())
    return visit


def _invalid() -> Response[str]:
    return _page(html.invalid_page(), 404)


class UnsubscribePages(Controller):
    """Without a login; the token is the right to do this one thing."""

    path = "/u"
    opt = {"public": True}
    include_in_schema = False

    @get("/{token:str}")
    async def ask(self, token: FromPath[str], state: State) -> Response[str]:
        return await self._answer(token, state.parts, acts=False)

    @post("/{token:str}", status_code=200)
    async def act(self, token: FromPath[str], state: State) -> Response[str]:
        return await self._answer(token, state.parts, acts=True)

    async def _answer(self, token: str, parts: Parts, *, acts: bool) -> Response[str]:
        visit = await _visit(parts, Purpose.UNSUBSCRIBE, token)
        if visit is None:
            return _invalid()
        if visit.is_test:
            return _page(html.sample_page())
        leaving = await find_leaving(parts.database, visit)
        if leaving is None:
            return _invalid()
        if acts:
            await unsubscribe(parts.database, leaving, parts.clock.now())
        show = html.done_page if acts or leaving.gone else html.ask_page
        return _page(show(visit.sender, leaving.shown))


class PreferencePages(Controller):
    """What a person says of itself."""

    path = "/p"
    opt = {"public": True}
    include_in_schema = False

    @get("/{token:str}")
    async def ask(self, token: FromPath[str], state: State) -> Response[str]:
        visit = await _visit(state.parts, Purpose.PREFERENCES, token)
        return await self._shown(state.parts, visit)

    @post("/{token:str}", status_code=200)
    async def act(
        self, token: FromPath[str], state: State, request: Request[None, None, State]
    ) -> Response[str]:
        parts: Parts = state.parts
        visit = await _visit(parts, Purpose.PREFERENCES, token)
        if visit is None or visit.is_test:
            return await self._shown(parts, visit)
        form = {name: str(value) for name, value in (await request.form()).items()}
        await _do(parts, visit, form)
        return await self._shown(parts, visit, saved=form.get("act") == "save")

    async def _shown(self, parts: Parts, visit: Visit | None, *, saved: bool = False) -> Response[str]:
        if visit is None:
            return _invalid()
        if visit.is_test:
            return _page(html.sample_page())
        found = await preferences.find_preferences(parts.database, visit)
        if found is None:
            return _invalid()
        return _page(html.preferences_page(visit.sender, found, saved=saved))


async def _do(parts: Parts, visit: Visit, form: dict[str, str]) -> None:
    match form.get("act"):
        case "save":
            await preferences.save(parts.database, visit, form, parts.clock.now())
        case "leave":
            leaving = await find_leaving(parts.database, visit)
            if leaving is not None:
                await unsubscribe(parts.database, leaving, parts.clock.now())
        case "return":
            await preferences.come_back(parts.database, visit, parts.clock.now())


class MailPages(Controller):
    """A mail in the browser."""

    path = "/v"
    opt = {"public": True}
    include_in_schema = False

    @get("/{token:str}")
    async def view(self, token: FromPath[str], state: State) -> Response[str]:
        parts: Parts = state.parts
        visit = await _visit(parts, Purpose.VIEW, token)
        if visit is None:
            return _invalid()
        if visit.is_test:
            return _page(html.sample_page())
        public_url = parts.settings.public_url or ""
        found = await find_mail_page(parts.database, visit, public_url, parts.clock.now())
        if found is None:
            return _page(html.gone_page(), 404)
        return Response(found, media_type=MediaType.HTML, headers=html.MAIL_HEADERS)
