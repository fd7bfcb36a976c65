"""Reading mails that came back from a file, a pipe and a maildir."""

import json
from pathlib import Path

from tests.backend.bounces.reports import dsn
from tests.cli.test_members import PASSWORD, Desk


def test_each_mail_is_read_once_from_wherever_it_is(server: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", server)
    desk.run("login", "--email", "o@acme.example", "--password-stdin", stdin=PASSWORD)
    (tmp_path / "mail").write_bytes(dsn())
    from_file = desk.run("bounces", "read", str(tmp_path / "mail"), "--json")
    assert json.loads(from_file)["kind"] == "ignored", "it is about no mail of ours"
    assert desk.run("bounces", "read", "-", stdin=dsn().decode()).startswith("ignored")
    box = tmp_path / "box"
    for part in ("new", "cur", "tmp"):
        (box / part).mkdir(parents=True)
    (box / "new" / "1.a").write_bytes(dsn())
    (box / "cur" / "2.b:2,R").write_bytes(dsn())
    (box / "cur" / "3.c:2,S").write_bytes(dsn())
    assert desk.run("bounces", "read", str(box)).count("ignored") == 2
    assert "2 mails read" in desk.words
    assert sorted(path.name for path in (box / "cur").iterdir()) == ["1.a:2,S", "2.b:2,RS", "3.c:2,S"]
    assert desk.run("bounces", "read", str(box)) == ""
    desk.run("bounces", "read", str(tmp_path / "nowhere"), code=2)
    desk.run("bounces", "read", str(tmp_path), code=2)
    assert "is not a maildir" in desk.words
