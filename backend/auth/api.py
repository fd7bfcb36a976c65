"""The routes of signing in."""

from typing import Any

from litestar import Controller, Request
from litestar.di import NamedDependency
from litestar.params import JSONBody

from backend.auth.service import Auth
from backend.auth.tokens import AccessClaims
from backend.routes import get, post
from contract.auth import Bootstrap, Login, Me, PasswordChange, Refresh, Session, Switch
from contract.members import AcceptInvitation
from contract.wire import Empty

AnyRequest = Request[AccessClaims, Any, Any]


class AuthController(Controller):
    """Each of these is its own transaction; none runs inside an organisation's."""

    path = "/auth"
    tags = ["auth"]

    @post("/login", opt={"public": True}, summary="Sign in")
    async def login(self, data: JSONBody[Login], auth: NamedDependency[Auth], request: AnyRequest) -> Session:
        org_id = int(data.org_id) if data.org_id else None
        address = request.client.host if request.client else "local"
        return await auth.login(data.email, data.password.get_secret_value(), org_id, address)

    @post("/bootstrap", opt={"public": True}, summary="Sign in as this computer's owner")
    async def bootstrap(self, data: JSONBody[Bootstrap], auth: NamedDependency[Auth]) -> Session:
        return await auth.bootstrap(data.token.get_secret_value())

    @post("/accept-invitation", opt={"public": True}, summary="Join an organisation")
    async def accept(
        self, data: JSONBody[AcceptInvitation], auth: NamedDependency[Auth], request: AnyRequest
    ) -> Session:
        address = request.client.host if request.client else "local"
        return await auth.accept(data.token.get_secret_value(), data.password.get_secret_value(), address)

    @post("/refresh", opt={"public": True}, summary="Exchange a refresh token")
    async def refresh(self, data: JSONBody[Refresh], auth: NamedDependency[Auth]) -> Session:
        return await auth.refresh(data.refresh_token.get_secret_value())

    @post("/logout", opt={"own_transaction": True}, summary="End this session")
    async def logout(self, auth: NamedDependency[Auth], request: AnyRequest) -> Empty:
        await auth.logout(request.user)
        return Empty()

    @post("/password", opt={"own_transaction": True}, summary="Change one's password")
    async def change_password(
        self, data: JSONBody[PasswordChange], auth: NamedDependency[Auth], request: AnyRequest
    ) -> Empty:
        address = request.client.host if request.client else "local"
        current, new = data.password.get_secret_value(), data.new_password.get_secret_value()
        await auth.change_password(request.user, current, new, address)
        return Empty()

    @post("/switch", opt={"own_transaction": True}, summary="Go to another organisation")
    async def switch(
        self, data: JSONBody[Switch], auth: NamedDependency[Auth], request: AnyRequest
    ) -> Session:
        return await auth.switch(request.user, int(data.org_id))


class MeController(Controller):
    """Who am I?"""

    path = "/me"
    tags = ["auth"]

    @get(opt={"own_transaction": True}, summary="Who is signed in")
    async def show(self, auth: NamedDependency[Auth], request: AnyRequest) -> Me:
        return await auth.me(request.user)
