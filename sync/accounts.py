"""Which account was used last on which server, so that the first screen needs no network."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from localstore.folders import Account, private_folder


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account and how to name it to the person."""

    server: str
    user_id: str
    org_id: str
    who: str

    @property
    def account(self) -> Account:
        return Account(self.server, self.user_id, self.org_id)


def _file(data: Path) -> Path:
    return data / "accounts" / "last.json"


def _read(data: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(_file(data).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def last_account(data: Path, server: str) -> KnownAccount | None:
    """Who was signed in last; None on a new computer or after a sign-out."""
    entry = _read(data).get(server)
    if not isinstance(entry, dict):
        return None
    try:
        return KnownAccount(**entry)
    except TypeError:
        return None


def remember_account(data: Path, known: KnownAccount) -> None:
    """Make this the account that opens next time."""
    private_folder(data / "accounts")
    _write(data, _read(data) | {known.server: asdict(known)})


def forget_account(data: Path, server: str) -> None:
    """After a sign-out. The drafts stay and come back when the same person signs in."""
    entries = _read(data)
    if entries.pop(server, None) is not None:
        _write(data, entries)


def _write(data: Path, entries: dict[str, dict[str, str]]) -> None:
    fresh = _file(data).with_suffix(".new")
    fresh.write_text(json.dumps(entries))
    fresh.chmod(0o600)
    fresh.replace(_file(data))
