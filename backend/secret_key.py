"""The secret key of this installation and what is derived from it.

Each use has its own derived key, so that a signature made for one purpose never passes for another.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from backend.settings import Settings


def write_private(path: Path, content: str) -> None:
    """Write a file that only this user can read; it is never visible with other permissions."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)


class SecretKeys:
    """Keys of the installation, newest first: the first signs and seals, all verify and unseal."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = keys

    def __repr__(self) -> str:
        return "SecretKeys(...)"

    def derived(self, purpose: str) -> list[bytes]:
        """A key of 32 bytes for this purpose from each key."""
        return [hmac.digest(key.encode(), purpose.encode(), hashlib.sha256) for key in self._keys]

    def _box(self) -> MultiFernet:
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in self.derived("seal")])

    def seal(self, secret: str) -> str:
        """Encrypt what must be kept but not be readable in the database."""
        return self._box().encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str | None:
        """What was sealed; None if it was sealed with a key that is not listed any more."""
        try:
            return self._box().decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


def load_secret_keys(settings: Settings) -> SecretKeys:
    """The keys that were set, or the one kept 0600 in the data folder, made when it is missing."""
    if settings.secret_keys:
        return SecretKeys(settings.secret_keys)
    path = settings.data_dir / "secret-key"
    try:
        kept = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        kept = ""
    if not kept:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = secrets.token_urlsafe(48)
        write_private(path, kept)
    return SecretKeys((kept,))
