"""Where the refresh token is kept: the system's keyring, else a 0600 file and one visible warning."""

import json
import os
from pathlib import Path
from typing import Protocol

SERVICE = "handbill"


class Secrets(Protocol):
    """A small store of secrets by name."""

    def get(self, name: str) -> str | None:
        """The secret, or None."""

    def set(self, name: str, value: str) -> None:
        """Store or replace it."""

    def forget(self, name: str) -> None:
        """Remove it; harmless if it is not there."""


class MemorySecrets:
    """Secrets that live as long as the process: tests, and the embedded backend's session."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def set(self, name: str, value: str) -> None:
        self._values[name] = value

    def forget(self, name: str) -> None:
        self._values.pop(name, None)


class FileSecrets:
    """A 0600 file, for machines without a keyring."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def _write(self, values: dict[str, str]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(values, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def get(self, name: str) -> str | None:
        return self._read().get(name)

    def set(self, name: str, value: str) -> None:
        self._write(self._read() | {name: value})

    def forget(self, name: str) -> None:
        values = self._read()
        if values.pop(name, None) is not None:
            self._write(values)


class KeyringSecrets:
    """The system's keyring."""

    def get(self, name: str) -> str | None:
        import keyring

        return keyring.get_password(SERVICE, name)

    def set(self, name: str, value: str) -> None:
        import keyring

        keyring.set_password(SERVICE, name, value)

    def forget(self, name: str) -> None:
        import keyring
        from keyring.errors import PasswordDeleteError

        try:
            keyring.delete_password(SERVICE, name)
        except PasswordDeleteError:
            return


def usable_secrets(fallback: Path) -> tuple[Secrets, str | None]:
    """The keyring if one works here, else the file, with the warning to show once."""
    import keyring
    from keyring.errors import KeyringError

    try:
        working = keyring.get_keyring().priority > 0
        keyring.get_password(SERVICE, "probe")
    except (KeyringError, RuntimeError, OSError):
        working = False
    if working:
        return KeyringSecrets(), None
    return FileSecrets(
        fallback
    ), f"No keyring works here; the session is kept in {fallback} (readable by you only)."
