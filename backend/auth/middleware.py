"""Whoever asks must show an access token, unless the route says `public`."""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from backend.auth.tokens import Tokens
from contract.clock import Clock
from contract.problems import UnauthenticatedError


def _bearer(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"authorization":
            kind, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if kind.lower() == "bearer" else None
    return None


def is_documentation(scope: Scope) -> bool:
    """The OpenAPI document is for everyone."""
    return scope["path"].startswith("/schema")


class Authentication(ASGIMiddleware):
    """Puts the token's claims into the scope as user."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "public"
    should_bypass_for_scope = staticmethod(is_documentation)

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        token = _bearer(scope)
        claims = self._tokens.read_access(token, self._clock.now()) if token else None
        if claims is None:
            raise UnauthenticatedError
        scope["user"] = claims
        await next_app(scope, receive, send)
