"""Getting a signed-in connection, however long it takes.

The embedded backend signs its launcher in with the token it left; a team server takes the refresh token
that was kept at the last sign-in. While neither answers, the reason is known, and nobody has to wait.
"""

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
        self._known = known
        self._clock = clock
        self._random = random
        self.problem: str | None = None
        self.needs_person = False

    async def until_signed_in(
        self, told: Callable[[], None], failed: Callable[[str], None]
    ) -> "tuple[Api, Session]":
        """Try until it works; `told` after each attempt, `failed` once if the backend does not start."""
        from sync.schedule import backoff

        attempts = 0
        while (opened := await self._attempt()) is None:
            attempts += 1
            if self._embedded is not None and attempts == EXPLAIN_AFTER:
                self.problem = self._embedded.last_words() or self.problem
                failed(f"The backend does not start: {self.problem}")
            told()
            quick = self._embedded is not None and attempts < QUICK_ATTEMPTS
            await self._clock.sleep(QUICK_PAUSE if quick else backoff(attempts, self._random))
        self.problem = None
        return opened

    async def _attempt(self) -> "tuple[Api, Session] | None":
        from contract.problems import ProblemError, UnauthenticatedError
        from sync.api import Api, transport_for
        from sync.wire_errors import TransportError

        address = self._embedded.server if self._embedded is not None else self._server
        api = Api(*transport_for(address), renewed=self._renewed)
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
        if self._secrets is not None and self._known is not None:
            token = self._secrets.get(secret_name(self._known))
        if token is None:
            message = f"Sign in first: handbill --server {self._server} login --email you@example.com"
            raise UnauthenticatedError(message)
        return await api.resume(token)

    def _renewed(self, session: "Session") -> None:
        if self._secrets is not None and self._known is not None and self._embedded is None:
            self._secrets.set(secret_name(self._known), session.refresh_token)
