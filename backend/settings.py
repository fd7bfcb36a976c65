"""What a person can set, from the environment or `config.toml`; the environment wins.

A wrong value is named with what was expected before anything starts.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from backend.refusals import SettingsError

LOG_LEVELS = ("debug", "info", "warning", "error")
NAMES = ("data_dir", "database_url", "secret_key", "public_url", "smtp_url", "log_level")
MIN_KEY_LENGTH = 16
POSTGRESQL = "postgresql+psycopg"


@dataclass(frozen=True, slots=True)
class Settings:
    """`secret_keys`: the first one signs, the others only verify; empty = keep one in the data folder."""

    data_dir: Path
    database_url: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(default=(), repr=False)
    public_url: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    log_level: str = "info"

    @property
    def on_postgresql(self) -> bool:
        """Several processes, maybe on several hosts, share the database."""
        return make_url(self.database_url).drivername == POSTGRESQL


def default_data_dir() -> Path:
    """Where data lives when nobody says otherwise."""
    return Path(platformdirs.user_data_dir("handbill", appauthor=False))


def _config_path() -> Path:
    return Path(platformdirs.user_config_dir("handbill", appauthor=False)) / "config.toml"


def _from_file(path: Path) -> dict[str, str]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}.") from error
    for name, value in content.items():
        if name not in NAMES:
            raise SettingsError(f"{path}: there is no setting {name!r}; known are {', '.join(NAMES)}.")
        if not isinstance(value, str):
            raise SettingsError(f"{path}: {name} must be text in quotes.")
    return content


def _url(name: str, value: str | None, schemes: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    expected = " or ".join(f"{scheme}://..." for scheme in schemes)
    try:
        parts = urlsplit(value)
        fits = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits:
        raise SettingsError(f"HANDBILL_{name.upper()} is not valid: expected {expected}.")
    return value


def _database_url(value: str | None, data_dir: Path) -> str:
    if value is None:
        return f"sqlite+aiosqlite:///{data_dir / 'handbill.db'}"
    try:
        driver = make_url(value).drivername
    except ArgumentError:
        driver = ""
    if driver not in ("sqlite+aiosqlite", POSTGRESQL):
        raise SettingsError(
            "HANDBILL_DATABASE_URL is not valid: expected sqlite+aiosqlite:///PATH or "
            f"{POSTGRESQL}://USER:PASSWORD@HOST/DATABASE."
        )
    return value


def _secret_keys(value: str | None) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in (value or "").split(",") if key.strip())
    if any(len(key) < MIN_KEY_LENGTH for key in keys):
        raise SettingsError(
            f"HANDBILL_SECRET_KEY is not valid: expected keys of at least {MIN_KEY_LENGTH} characters, "
            "separated by commas."
        )
    return keys


def _log_level(value: str) -> str:
    if value.lower() not in LOG_LEVELS:
        raise SettingsError(f"HANDBILL_LOG_LEVEL is not valid: expected one of {', '.join(LOG_LEVELS)}.")
    return value.lower()


def load_settings(
    environ: Mapping[str, str], data_dir: Path | None = None, config: Path | None = None
) -> Settings:
    """Settings from the environment over the file; `data_dir` from the command line wins over both.

    Raises `SettingsError`.
    """
    values = _from_file(config or _config_path())
    values |= {n: v for n in NAMES if (v := environ.get(f"HANDBILL_{n.upper()}", "").strip())}
    folder = data_dir or Path(values.get("data_dir") or default_data_dir())
    folder = folder.expanduser().absolute()
    settings = Settings(
        data_dir=folder,
        database_url=_database_url(values.get("database_url"), folder),
        secret_keys=_secret_keys(values.get("secret_key")),
        public_url=_url("public_url", values.get("public_url"), ("http", "https")),
        smtp_url=_url("smtp_url", values.get("smtp_url"), ("smtp", "smtps")),
        log_level=_log_level(values.get("log_level", "info")),
    )
    if settings.on_postgresql and not settings.secret_keys:
        raise SettingsError(
            "HANDBILL_SECRET_KEY is missing: with PostgreSQL it is expected, the same on every host."
        )
    return settings
