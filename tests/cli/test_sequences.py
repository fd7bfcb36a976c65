"""Settings and the time machine from a script; the server is a table of answers."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from cli.failures import CommandError
from cli.options import build_parser
from cli.sequences import _COMMANDS
from contract.sequence_settings import DEFAULT_SETTINGS

GOAL = "00000000-0000-7000-8000-00000000000b"
PLAY = {
    "email": "ann@example.org",
    "timeZone": "Europe/Lisbon",
    "draft": True,
    "continues": False,
    "enteredAt": "2026-03-06T12:00:00.000000Z",
    "mails": [
        {
            "stepId": "s1",
            "number": 1,
            "subject": "Hello Ann",
            "at": "2026-03-09T09:00:00.000000Z",
            "localAt": "2026-03-09T09:00:00+00:00",
            "waits": [{"reason": "window", "until": "2026-03-09T09:00:00.000000Z"}],
        }
    ],
    "ending": "exited",
    "endsAt": "2026-03-10T09:00:00.000000Z",
    "endReason": "goal reached",
    "notes": ["It is paused."],
}


class Server:
    """Answers by path, and remembers what it was asked."""

    def __init__(self) -> None:
        self.row = {"id": "7", "settings": dict(DEFAULT_SETTINGS), "updatedAt": "v1"}
        self.asked: list[tuple[str, str, Any]] = []

    async def call(self, method: str, path: str, **more: Any) -> SimpleNamespace:
        self.asked.append((method, path, more.get("body")))
        if path.endswith("/simulate"):
            return SimpleNamespace(body=PLAY)
        if method == "PATCH":
            self.row |= {"settings": more["body"]["settings"]}
        return SimpleNamespace(body={"sequence": self.row})


def command(server: Server, *words: str) -> None:
    options = build_parser().parse_args(["sequences", *words])
    asyncio.run(_COMMANDS[options.what](server, options))  # type: ignore[arg-type]


def test_a_play_is_lines_with_its_end_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    server = Server()
    command(server, "simulate", "7", "ann@example.org", "--from", "2026-03-06T12:00:00Z", "--draft")
    assert server.asked == [
        (
            "POST",
            "/api/sequences/7/simulate",
            {"email": "ann@example.org", "entersAt": "2026-03-06T12:00:00Z", "draft": True},
        )
    ]
    said = capsys.readouterr()
    mail, end = said.out.splitlines()
    assert mail.split("\t") == [
        "1",
        "2026-03-09T09:00:00+00:00",
        "2026-03-09T09:00:00.000000Z",
        "Hello Ann",
        "window until 2026-03-09T09:00:00.000000Z",
    ]
    assert end.split("\t") == ["end", "2026-03-10T09:00:00.000000Z", "exited: goal reached"]
    assert said.err == "It is paused.\n"
    command(server, "simulate", "7", "ann@example.org", "--json")
    assert json.loads(capsys.readouterr().out) == PLAY
    assert server.asked[-1][2]["draft"] is None


def test_a_time_that_is_none_is_said_before_anyone_is_asked() -> None:
    server = Server()
    with pytest.raises(CommandError, match="no time with its offset"):
        command(server, "simulate", "7", "ann@example.org", "--from", "2026-03-06T12:00")
    assert server.asked == []


def test_settings_change_only_what_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    server = Server()
    command(server, "settings", "7", "--window", "mon-fri 9-17", "--reenter-after", "90", "--json")
    kept = json.loads(capsys.readouterr().out)
    window = {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "17:00"}
    assert kept == DEFAULT_SETTINGS | {"sendWindow": window, "reenterAfterDays": 90}
    assert server.asked[-1][2]["updatedAt"] == "v1"
    command(server, "settings", "7", "--reenter-after", "never", "--exit-on-leaving", "yes", "--goal", GOAL)
    said = capsys.readouterr().out
    assert "mon-fri 09:00-17:00" in said
    assert server.row["settings"] == DEFAULT_SETTINGS | {
        "sendWindow": window,
        "exitOnLeaving": True,
        "goalSegmentId": GOAL,
    }
    asked = len(server.asked)
    command(server, "settings", "7")
    assert [method for method, _, _ in server.asked[asked:]] == ["GET"]


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--window", "soon"), "no day of the week"), (("--reenter-after", "x"), "number of days")],
)
def test_what_cannot_be_read_is_said_before_anything_changes(words: tuple[str, str], said: str) -> None:
    server = Server()
    with pytest.raises(CommandError, match=said):
        command(server, "settings", "7", *words)
    assert server.asked == []
