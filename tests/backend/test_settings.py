"""Settings: the environment wins over the file, and a wrong value is named with what was expected."""

from pathlib import Path

import pytest

from backend.refusals import SettingsError
from backend.secret_key import SecretKeys, load_secret_keys
from backend.settings import load_settings


def load(tmp_path: Path, file: str = "", **environ: str) -> object:
    config = tmp_path / "config.toml"
    config.write_text(file)
    names = {f"HANDBILL_{name.upper()}": value for name, value in environ.items()}
    return load_settings(names, tmp_path / "data", config)


def test_defaults(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path, tmp_path / "none.toml")
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/handbill.db"
    assert (settings.secret_keys, settings.public_url, settings.log_level) == ((), None, "info")


def test_the_environment_wins(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('log_level = "error"\npublic_url = "https://a.example"\ndata_dir = "/nowhere"\n')
    environ = {"HANDBILL_LOG_LEVEL": "DEBUG", "HANDBILL_DATA_DIR": str(tmp_path / "e")}
    settings = load_settings(environ, None, config)
    assert (settings.log_level, settings.public_url) == ("debug", "https://a.example")
    assert settings.data_dir == tmp_path / "e"
    assert load_settings(environ, tmp_path / "c", config).data_dir == tmp_path / "c"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("log_level", "loud", "debug, info, warning, error"),
        ("database_url", "mysql://x", "sqlite+aiosqlite:///PATH"),
        ("database_url", "::::", "sqlite+aiosqlite:///PATH"),
        ("database_url", "postgresql://a@b/c", "postgresql+psycopg://"),
        ("public_url", "ftp://x.example", "http://... or https://..."),
        ("public_url", "https://", "http://... or https://..."),
        ("smtp_url", "mail.example:25", "smtp://..."),
        ("smtp_url", "smtp://mail.example:99999", "smtp://..."),
        ("secret_key", "short", "at least 16 characters"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, **{name: value})
    assert f"HANDBILL_{name.upper()}" in str(caught.value)
    assert expected in str(caught.value)


@pytest.mark.parametrize("file", ["x = ", "colour = 'red'", "log_level = 3"])
def test_a_wrong_file_is_named(tmp_path: Path, file: str) -> None:
    with pytest.raises(SettingsError, match=r"config\.toml"):
        load(tmp_path, file)


def test_postgresql_needs_a_key_of_its_own(tmp_path: Path) -> None:
    url = "postgresql+psycopg://handbill_app@db.example/handbill"
    with pytest.raises(SettingsError, match="HANDBILL_SECRET_KEY"):
        load(tmp_path, database_url=url)
    assert load(tmp_path, database_url=url, secret_key="k" * 16).on_postgresql  # type: ignore[attr-defined]


def test_secrets_do_not_show(tmp_path: Path) -> None:
    settings = load(tmp_path, secret_key="a very secret key here", smtp_url="smtp://u:hidden@m.example")
    assert "very secret" not in repr(settings)
    assert "hidden" not in repr(settings)


class TestSecretKeys:
    def test_one_is_made_kept_and_private(self, tmp_path: Path) -> None:
        settings = load_settings({}, tmp_path / "d", tmp_path / "none.toml")
        sealed = load_secret_keys(settings).seal("x")
        assert load_secret_keys(settings).unseal(sealed) == "x"
        assert (tmp_path / "d" / "secret-key").stat().st_mode & 0o777 == 0o600

    def test_an_old_key_still_unseals(self) -> None:
        sealed = SecretKeys(("the old key of 2025",)).seal("x")
        assert SecretKeys(("the new key of 2026", "the old key of 2025")).unseal(sealed) == "x"
        assert SecretKeys(("the new key of 2026",)).unseal(sealed) is None

    def test_each_purpose_has_its_own(self) -> None:
        keys = SecretKeys(("one key for everything",))
        assert keys.derived("a") != keys.derived("b")
