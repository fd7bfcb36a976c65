"""Argon2 in a thread, and the same work for a user who does not exist."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashes and verifies. `hasher` is cheap in tests."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._of_nobody: str | None = None

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it fits. Without a hash it takes as long as with a wrong one, and is false."""
        if self._of_nobody is None:  # at the first sign-in, whoever it is: a start has better to do
            self._of_nobody = await self.hash("nobody has this password")
        fits = await asyncio.to_thread(self._fits, password, password_hash or self._of_nobody)
        return fits and password_hash is not None

    def _fits(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
