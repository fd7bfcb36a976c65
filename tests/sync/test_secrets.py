"""Where tokens are kept when no keyring works, and that nobody else can read them."""

import stat

import keyring
from keyring.backends.fail import Keyring as NoKeyring

from sync.secrets import FileSecrets, KeyringSecrets, usable_secrets


class TestFile:
    def test_keeps_and_forgets_by_name(self, tmp_path):
        secrets = FileSecrets(tmp_path / "session.json")
        secrets.set("a", "one")
        secrets.set("b", "two")
        secrets.forget("a")
        again = FileSecrets(tmp_path / "session.json")
        assert (again.get("a"), again.get("b")) == (None, "two")

    def test_only_its_owner_can_read_it(self, tmp_path):
        path = tmp_path / "session.json"
        FileSecrets(path).set("a", "one")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_broken_file_is_an_empty_one(self, tmp_path):
        path = tmp_path / "session.json"
        path.write_text("{")
        assert FileSecrets(path).get("a") is None


class TestChoice:
    def test_without_a_working_keyring_it_warns_once_and_uses_the_file(self, tmp_path, monkeypatch):
        monkeypatch.setattr(keyring.core, "_keyring_backend", NoKeyring())
        secrets, warning = usable_secrets(tmp_path / "session.json")
        assert isinstance(secrets, FileSecrets)
        assert "session.json" in warning

    def test_a_working_keyring_is_used_in_silence(self, tmp_path, monkeypatch):
        class Working(NoKeyring):
            priority = 5
            kept: dict[tuple[str, str], str] = {}

            def get_password(self, service, username):
                return self.kept.get((service, username))

            def set_password(self, service, username, password):
                self.kept[service, username] = password

        monkeypatch.setattr(keyring.core, "_keyring_backend", Working())
        secrets, warning = usable_secrets(tmp_path / "session.json")
        assert isinstance(secrets, KeyringSecrets)
        assert warning is None
        secrets.set("a", "one")
        assert secrets.get("a") == "one"
