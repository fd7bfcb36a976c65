"""The client's one way to the server.

It signs requests, refreshes the session once when it ends, translates answers into contract models or
errors, and keeps the witness of the newest change seen. It knows nothing of drafts.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from contract.auth import Session
from contract.problems import Problem, ProblemError, UnauthenticatedError, error_from
from sync.wire_errors import UnknownOutcomeError, translated

TIMEOUT = httpx.Timeout(connect=5, read=20, write=20, pool=5)
STREAM_TIMEOUT = httpx.Timeout(connect=5, read=45, write=20, pool=5)
"""The server gives a sign of life every 15 s."""
FILE_TIMEOUT = httpx.Timeout(connect=5, read=1800, write=60, pool=5)
"""A million rows take their time, and the answer comes at the end."""

FEED = "Handbill-Feed"
WITNESS = "Handbill-Witness"
KEY = "Idempotency-Key"

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reply:
    """A successful answer: its JSON, and where the feed stood after the write."""

    body: dict[str, Any]
    feed: str | None


def place_of(position: str) -> int:
    """The number in a place of the feed such as `12.ab34`; -1 for anything else."""
    number = position.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() else -1


def transport_for(server: str) -> tuple[httpx.AsyncBaseTransport, str]:
    """(transport, base URL) for `unix:/path/to/socket` or an http(s) address."""
    if server.startswith("unix:"):
        return httpx.AsyncHTTPTransport(uds=server.removeprefix("unix:")), "http://handbill"
    return httpx.AsyncHTTPTransport(), server


class Api:
    """A signed-in connection. `renewed` is told every new session, to keep its refresh token."""

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport,
        base_url: str,
        *,
        renewed: Callable[[Session], None] = lambda _: None,
    ) -> None:
        self._http = httpx.AsyncClient(transport=transport, base_url=base_url, timeout=TIMEOUT)
        self._renewed = renewed
        self._access: str | None = None
        self._refresh: str | None = None
        self._refreshing = asyncio.Lock()
        self.witness: str | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    def saw(self, position: str) -> None:
        """Remember the newest place of the feed that was ever seen; an older one changes nothing."""
        if place_of(position) > place_of(self.witness or ""):
            self.witness = position

    # Signing in

    async def bootstrap(self, token: str) -> Session:
        """Sign in to the embedded backend with the token it left for us."""
        return self._adopt(await self._plain("/api/auth/bootstrap", {"token": token}))

    async def login(self, email: str, password: str, org_id: str | None = None) -> Session:
        """Sign in as a person."""
        body = {"email": email, "password": password} | ({"orgId": org_id} if org_id else {})
        return self._adopt(await self._plain("/api/auth/login", body))

    async def accept(self, token: str, password: str) -> Session:
        """Join an organisation with an invitation."""
        body = {"token": token, "password": password}
        return self._adopt(await self._plain("/api/auth/accept-invitation", body))

    async def resume(self, refresh_token: str) -> Session:
        """Go on with a kept session. Raises `UnauthenticatedError` if it has ended."""
        return self._adopt(await self._plain("/api/auth/refresh", {"refreshToken": refresh_token}))

    async def logout(self) -> None:
        """End the session on the server."""
        await self.call("POST", "/api/auth/logout")
        self._access = self._refresh = None

    def take_over(self, session: Session) -> None:
        """Go on with a session that was opened elsewhere."""
        self._access, self._refresh = session.access_token, session.refresh_token

    def _adopt(self, body: dict[str, Any]) -> Session:
        session = Session.model_validate(body)
        self._access, self._refresh = session.access_token, session.refresh_token
        self._renewed(session)
        return session

    async def _plain(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        with translated():
            response = await self._http.post(path, json=body)
        return _answer(response).body

    async def _renew(self, spent: str | None) -> None:
        """Refresh once, however many requests found the session spent at the same time."""
        async with self._refreshing:
            if self._access != spent:
                return
            if self._refresh is None:
                raise UnauthenticatedError
            await self.resume(self._refresh)

    # Calling

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: dict[str, Any] | str | None = None,
        params: dict[str, Any] | None = None,
        key: str | None = None,
    ) -> Reply:
        """One request. Raises `ProblemError` for an answer that is an error, `TransportError` for none."""
        text = json.dumps(body) if isinstance(body, dict) else body
        content = text.encode() if text else None
        return await self._signed(_Request(method, path, content, params, key))

    async def send_file(self, path: str, content: bytes, media_type: str, params: dict[str, Any]) -> Reply:
        """POST a file as it is."""
        return await self._signed(_Request("POST", path, content, params, None, media_type, FILE_TIMEOUT))

    async def lines(self, path: str) -> AsyncGenerator[str]:
        """The lines of an answer that goes on, as they come; ends when the server ends it.

        Raises like `call`. Close it when done: it holds a connection.
        """
        access = self._access
        async with self._streamed(path) as response:
            if response.status_code != 401:
                async for line in _lines(response):
                    yield line
                return
        await self._renew(access)
        async with self._streamed(path) as response:
            async for line in _lines(response):
                yield line

    @asynccontextmanager
    async def _streamed(self, path: str) -> AsyncGenerator[httpx.Response]:
        headers = {"Authorization": f"Bearer {self._access}"} if self._access else {}
        with translated():
            async with self._http.stream("GET", path, headers=headers, timeout=STREAM_TIMEOUT) as response:
                yield response

    async def _signed(self, request: "_Request") -> Reply:
        access = self._access
        response = await self._send(request)
        if response.status_code == 401:
            await self._renew(access)
            response = await self._send(request)
        return _answer(response)

    async def get(self, model: type[Model], path: str, **params: Any) -> Model:
        """A GET whose answer is a contract model; parameters that are None are left out."""
        given = {name: value for name, value in params.items() if value is not None}
        return _parsed(model, (await self.call("GET", path, params=given)).body)

    async def post(
        self, model: type[Model], path: str, body: dict[str, Any], key: str | None = None
    ) -> Model:
        """A POST whose answer is a contract model."""
        return _parsed(model, (await self.call("POST", path, body=body, key=key)).body)

    async def _send(self, request: "_Request") -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._access}"} if self._access else {}
        if request.key is not None:
            headers[KEY] = request.key
        if self.witness:
            headers[WITNESS] = self.witness
        if request.content is not None:
            headers["Content-Type"] = request.media_type
        with translated():
            return await self._http.request(
                request.method,
                request.path,
                content=request.content,
                params=request.params,
                headers=headers,
                timeout=request.timeout or TIMEOUT,
            )


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    content: bytes | None
    params: dict[str, Any] | None
    key: str | None
    media_type: str = "application/json"
    timeout: httpx.Timeout | None = None


async def _lines(response: httpx.Response) -> AsyncGenerator[str]:
    if not response.is_success:
        await response.aread()
        raise _problem(response)
    async for line in response.aiter_lines():
        yield line


def _answer(response: httpx.Response) -> Reply:
    if response.is_success:
        try:
            body = response.json()
        except ValueError as error:
            message = "the answer was cut or is not JSON"
            raise UnknownOutcomeError(message) from error
        if not isinstance(body, dict):
            message = "the answer is not one of this server"
            raise UnknownOutcomeError(message)
        return Reply(body, response.headers.get(FEED))
    raise _problem(response)


def _problem(response: httpx.Response) -> ProblemError | UnknownOutcomeError:
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        return UnknownOutcomeError(f"HTTP {response.status_code} without an explanation")
    retry = response.headers.get("Retry-After", "")
    return error_from(problem, float(retry) if retry.isdigit() else None)


def _parsed(model: type[Model], body: dict[str, Any]) -> Model:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        message = f"the server's answer is not a {model.__name__}; it may be older than this program"
        raise UnknownOutcomeError(message) from error
