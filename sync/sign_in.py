"""Getting a signed-in connection, however long it takes.

The embedded backend signs its launcher in with the token it left; a team server takes the refresh token
that was kept at the last sign-in. While neither answers, the reason is known, and nobody has to wait.
"""

import asyncio
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from contract.clock import Clock
from sync.accounts import KnownAccount
from sync.embedded import Embedded

if TYPE_CHECKING:
    from contract.auth import Session
    from sync.api import Api
    from sync.secrets import Secrets

EXPLAIN_AFTER = 60
"""Attempts, 50 ms apart, after which the backend's own last words are shown."""
QUICK_ATTEMPTS = 100
QUICK_PAUSE = 0.05


def secret_name(known: KnownAccount) -> str:
    """Under which name an account's refresh token is kept."""
    return f"{known.server} {known.user_id} {known.org_id}"


class SignIn:
    """One account's way in. `problem` says why there is no connection yet, in a sentence."""

    def __init__(
        self,
        *,
        server: str,
        embedded: Embedded | None,
        secrets: "Secrets | None",
        known: KnownAccount | None,
        clock: Clock,
        random: Random,
    ) -> None:
        self._server = server
        self._embedded = embedded
        self._secrets = secrets
        self.known = known
        self._clock = clock
        self._random = random
        self.problem: str | None = None
        self.needs_person = False
        self._handed: tuple[Api, Session] | None = None
        self._woken = asyncio.Event()

    async def until_signed_in(
        self, told: Callable[[], None], failed: Callable[[str], None]
    ) -> "tuple[Api, Session]":
        """Try until it works; `told` after each attempt, `failed` once if the backend does not start."""
        from sync.schedule import backoff

        attempts = 0
        while (opened := self._handed or await self._attempt()) is None:
            attempts += 1
            if self._embedded is not None and attempts == EXPLAIN_AFTER:
                self.problem = self._embedded.last_words() or self.problem
                failed(f"The backend does not start: {self.problem}")
            told()
            quick = self._embedded is not None and attempts < QUICK_ATTEMPTS
            await self._pause(QUICK_PAUSE if quick else backoff(attempts, self._random))
        self._handed = None
        self.problem, self.needs_person = None, False
        return opened

    async def _pause(self, seconds: float) -> None:
        """A moment, cut short by a person who signs in."""
        self._woken.clear()
        if self._handed is not None:
            return
        waits = {asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(self._woken.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def by_hand(self, email: str, password: str) -> "tuple[Api, Session]":
        """Sign in as a person. Raises `ProblemError` and `TransportError`."""
        from sync.api import Api, transport_for

        api = Api(*transport_for(self._server), renewed=self.keep)
        try:
            return api, await api.login(email, password)
        except BaseException:
            await api.close()
            raise

    def hand_over(self, api: "Api", session: "Session") -> None:
        """A person signed in: whoever waits for it goes on with this."""
        self._handed = api, session
        self._woken.set()

    def forget(self) -> None:
        """After a sign-out: nothing here opens the account again by itself."""
        if self._secrets is not None and self.known is not None:
            self._secrets.forget(secret_name(self.known))
        self.known = None
        self.needs_person = self._embedded is None

    async def _attempt(self) -> "tuple[Api, Session] | None":
        from contract.problems import ProblemError, UnauthenticatedError
        from sync.api import Api, transport_for
        from sync.wire_errors import TransportError

        address = self._embedded.server if self._embedded is not None else self._server
        api = Api(*transport_for(address), renewed=self.keep)
        try:
            return api, await self.sign_in(api)
        except (TransportError, OSError, ProblemError) as error:
            self.needs_person = isinstance(error, UnauthenticatedError) and self._embedded is None
            self.problem = str(error) or "the server does not answer"
            await api.close()
            return None
        except BaseException:
            await api.close()
            raise

    async def sign_in(self, api: "Api") -> "Session":
        """Sign a connection in; also again, where the server forgot it."""
        from contract.problems import UnauthenticatedError

        if self._embedded is not None:
            return await api.bootstrap(self._embedded.token_path.read_text().strip())
        token = None
        if self._secrets is not None and self.known is not None:
            token = self._secrets.get(secret_name(self.known))
        if token is None:
            message = f"Sign in first: `:signin`, or handbill --server {self._server} login --email E"
            raise UnauthenticatedError(message)
        return await api.resume(token)

    def keep(self, session: "Session") -> None:
        """Keep the way back in of the account it belongs to, and of no other."""
        known = self.known
        if self._secrets is None or known is None or self._embedded is not None:
            return
        if (known.user_id, known.org_id) == (session.user.id, session.org.id):
            self._secrets.set(secret_name(known), session.refresh_token)
