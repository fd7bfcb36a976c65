"""One request, one transaction, committed here and nowhere else.

The answer is held back until the commit succeeded; an answer of 400 or more rolls back. Reading requests
get a session that commits nothing. A request body is read to its end before a write transaction begins,
so that a slow client never holds the writer.
"""

from dataclasses import dataclass, field
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from sqlalchemy.ext.asyncio import AsyncSession

from backend.auth.middleware import is_documentation
from backend.auth.tokens import AccessClaims
from backend.batches import Batches
from backend.db.standing import standing
from backend.errors import SENT_JSON
from backend.idempotency import Keyed, Recorded, checked_key, recorded_answer, request_hash
from backend.parts import Parts
from backend.ports import Ports
from backend.sent_json import read_sent_json
from backend.witness import check_position
from backend.work import Actor, Work
from backend.write_limit import WriteLimit
from contract.problems import InvalidError, MissingError, UnauthenticatedError
from contract.roles import Role

READING = ("GET", "HEAD", "OPTIONS")
WORK = "handbill_work"
BATCHES = "handbill_batches"
MAX_CLIENT_LENGTH = 120


@dataclass(slots=True)
class _Answer:
    """What the route sent, held until it may leave."""

    messages: list[Message] = field(default_factory=list)

    async def hold(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        start = next(m for m in self.messages if m["type"] == "http.response.start")
        return int(start["status"])

    @property
    def body(self) -> bytes:
        return b"".join(m.get("body", b"") for m in self.messages if m["type"] == "http.response.body")

    async def release(self, send: Send, feed: str | None) -> None:
        for message in self.messages:
            if feed and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"handbill-feed", feed.encode())]
            await send(message)


def _replayed(recorded: Recorded) -> _Answer:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(recorded.body)).encode()),
    ]
    start: Any = {"type": "http.response.start", "status": 200, "headers": headers}
    body: Any = {"type": "http.response.body", "body": recorded.body, "more_body": False}
    return _Answer([start, body])


async def _actor(session: AsyncSession, claims: AccessClaims, client: str) -> Actor:
    """The member behind the token, if the membership and the session still stand."""
    row = await standing(session, claims.org_id, claims.member)
    if row is None:
        raise UnauthenticatedError("This session is over; sign in again.")
    return Actor(claims.user_id, claims.org_id, Role(row.role), row.members_may_send, client)


def _check_address(scope: Scope) -> None:
    """A NUL in an id names nothing; in the query it is refused as in a body."""
    if "\0" in scope["path"]:
        raise MissingError
    if b"%00" in scope["query_string"]:
        raise InvalidError("The query has a NUL character, which no text may have.")


def _keep_sent_json(request: Request[Any, Any, Any], body: bytes) -> None:
    """Decode the body of a route that reads one, for errors to say where. Raises `InvalidError`."""
    if request.scope["route_handler"].parsed_data_field is None:
        return
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise InvalidError.at("Content-Type", "expected application/json")
    request.scope["state"][SENT_JSON] = read_sent_json(body)


def _keyed(request: Request[AccessClaims, Any, Any], body: bytes) -> Keyed | None:
    key = checked_key(request.headers.get("idempotency-key"))
    if key is None:
        return None
    path, query = request.scope["path"], request.scope["query_string"]
    return Keyed(request.user.user_id, key, request_hash(request.method, path, query, body))


async def _check_witness(request: Request[AccessClaims, Any, Any], session: AsyncSession) -> None:
    witness = request.headers.get("handbill-witness")
    if witness:
        await check_position(session, witness, "Handbill-Witness")


class OrgTransaction(ASGIMiddleware):
    """Gives each request of a signed-in member its `Work`."""

    scopes = (ScopeType.HTTP,)
    should_bypass_for_scope = staticmethod(is_documentation)

    def __init__(self, parts: Parts, ports: Ports, write_limit: WriteLimit | None) -> None:
        self._parts = parts
        self._database = parts.database
        self._ports = ports
        self._write_limit = write_limit

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        _check_address(scope)
        options = scope["route_handler"].opt
        request = Request[AccessClaims, Any, Any](scope, receive, send)
        if options.get("own_transaction"):
            async with self._database.reader(request.user.org_id, request.user.member) as session:
                await _actor(session, request.user, "")
        if options.get("public") or options.get("own_transaction"):
            if request.method not in READING:
                _keep_sent_json(request, await request.body())
            await next_app(scope, request.receive, send)
            if options.get("own_transaction") and request.method not in READING:
                self._parts.pokes.poke(request.user.org_id)  # such as a session that ended
            return
        if options.get("streams"):
            await self._stream(request, send, next_app)
        elif request.method in READING or options.get("reads"):
            await self._read(request, send, next_app)
        else:
            await self._write(request, send, next_app)

    async def _begin(
        self, request: Request[AccessClaims, Any, Any], claims: AccessClaims, session: AsyncSession
    ) -> Work:
        client = request.headers.get("user-agent", "")[:MAX_CLIENT_LENGTH]
        actor = await _actor(session, claims, client)
        work = Work(session, actor, self._parts.clock.now(), self._ports, self._parts.keys)
        request.scope["user"] = actor
        request.scope["state"][WORK] = work
        return work

    async def _read(self, request: Request[AccessClaims, Any, Any], send: Send, next_app: ASGIApp) -> None:
        if request.method not in READING:
            _keep_sent_json(request, await request.body())
        async with self._database.reader(request.user.org_id, request.user.member) as session:
            await self._begin(request, request.user, session)
            await next_app(request.scope, request.receive, send)

    async def _write(self, request: Request[AccessClaims, Any, Any], send: Send, next_app: ASGIApp) -> None:
        if self._write_limit is not None:
            self._write_limit.take(request.user.org_id)
        body = await request.body()
        _keep_sent_json(request, body)
        keyed = _keyed(request, body)
        answer = _Answer()
        async with self._database.writer(request.user.org_id, request.user.member) as session:
            work = await self._begin(request, request.user, session)
            recorded = await self._recorded(request, work, keyed)
            if recorded is None:
                await next_app(request.scope, request.receive, answer.hold)
                feed = await self._finish(work, keyed, answer)
            else:
                answer, feed = _replayed(recorded), recorded.feed
        if work.wakes:
            self._ports.delivery.wake()
        if feed is not None:
            self._parts.pokes.poke(work.actor.org_id)
        await answer.release(send, feed)

    async def _stream(self, request: Request[AccessClaims, Any, Any], send: Send, next_app: ASGIApp) -> None:
        """The route reads its body piece by piece and commits by itself."""
        claims = request.user
        async with self._database.reader(claims.org_id, claims.member) as session:
            await _actor(session, claims, "")
        if self._write_limit is not None:
            self._write_limit.take(claims.org_id)

        async def begin(session: AsyncSession) -> Work:
            work = await self._begin(request, claims, session)
            await _check_witness(request, session)
            return work

        key = checked_key(request.headers.get("idempotency-key"))
        batches = Batches(self._parts, claims.org_id, key, begin)
        request.scope["state"][BATCHES] = batches

        async def with_feed(message: Message) -> None:
            if message["type"] == "http.response.start" and batches.feed and message["status"] < 400:
                message["headers"] = [*message["headers"], (b"handbill-feed", batches.feed.encode())]
            await send(message)

        await next_app(request.scope, request.receive, with_feed)

    async def _recorded(
        self, request: Request[AccessClaims, Any, Any], work: Work, keyed: Keyed | None
    ) -> Recorded | None:
        await _check_witness(request, work.session)
        return await recorded_answer(work.session, keyed) if keyed else None

    async def _finish(self, work: Work, keyed: Keyed | None, answer: _Answer) -> str | None:
        """The feed position to answer with; None for a refusal, which changes nothing."""
        if answer.status >= 400:
            await work.session.rollback()
            work.wakes = False
            return None
        return await work.write_records(keyed.applied(answer.body) if keyed else None)


async def provide_work(request: Request[Any, Any, Any]) -> Work:
    """The dependency `work` of every route in an organisation."""
    work = request.scope["state"][WORK]
    assert isinstance(work, Work)
    return work


async def provide_batches(request: Request[Any, Any, Any]) -> Batches:
    """The dependency `batches` of routes that stream."""
    batches = request.scope["state"][BATCHES]
    assert isinstance(batches, Batches)
    return batches
