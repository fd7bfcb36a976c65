"""Computers of one organisation that lose power and connection, and where their words are.

Each is a real store on disk with the hands that push and pull; `writers` says who touched a document, so
that a question nobody else can have caused is told from one that is due.
"""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx

from contract.ids import new_document_id
from localstore.decisions import Decisions
from localstore.inbox import ANSWER, MassDeletionError
from localstore.peek import Peek
from localstore.records import Hold
from localstore.schema import prepare
from localstore.store import StaleEditError
from sync.api import Api
from sync.canonical import canonical
from sync.on_top import Typed, put_on_top
from sync.pull import Pull
from sync.push import Push
from sync.wire_errors import TransportError
from tests.simulation.person import Killed, MortalStore
from tests.sync.conftest import CAMPAIGN, Desk, Line, World

_PLACES = ("mine_json", "base_json", "theirs_json", "flight_body")
_ROUNDS = 40


@dataclass
class Computer(Desk):
    """A desk whose program may end at any commit. `shown` is what a second window has on its screen."""

    name: str = ""
    shown: dict[str, Typed] = field(default_factory=dict)

    @property
    def known(self) -> set[str]:
        return {summary.id for summary in self.peek.documents(CAMPAIGN)}

    def documents(self) -> dict[str, dict[str, Any]]:
        """Every campaign in its one spelling, by id."""
        return {id: canonical(CAMPAIGN, self.draft(id).content) for id in self.known}

    def words(self) -> str:
        """Everything this computer keeps of anything."""
        with closing(sqlite3.connect(self.path)) as file:
            assert file.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            found = [text for row in file.execute(f"SELECT {', '.join(_PLACES)} FROM doc") for text in row]
            found += [body for (body,) in file.execute("SELECT body FROM history")]
        return "\n".join(text for text in found if text)

    async def type_in_window(self, id: str, content: dict[str, Any]) -> None:
        """Save from a window that may have been overtaken, as an open editor does."""
        seen = self.shown[id]
        try:
            seq = await self.store.save(CAMPAIGN, id, content, seen.seq)
        except StaleEditError:
            content, seq = await put_on_top(self.store, CAMPAIGN, id, Typed(content, seen.content, seen.seq))
        self.shown[id] = Typed(content, content, seq)


class Crowd:
    """One organisation: its computers, what was typed, and what somebody deleted."""

    def __init__(self, world: World, org: tuple[int, int], folder: Path) -> None:
        self.world = world
        self.org = org
        self.folder = folder
        self.computers: list[Computer] = []
        self.ids: list[str] = []
        self.typed: dict[str, tuple[Computer, str]] = {}
        self.removed: set[str] = set()
        self.decided: set[str] = set()
        self.writers: dict[str, set[str]] = {}

    async def join(self, name: str) -> Computer:
        session = await self.world.app.state.auth.open(*self.org)
        line = Line(httpx.ASGITransport(self.world.app))
        api = Api(line, "http://handbill")
        api._adopt(session.model_dump(by_alias=True, mode="json"))
        path = self.folder / f"{name}.db"
        prepare(path)
        computer = Computer(path, None, api, line, None, None, Peek(path), name)
        await self.start(computer)
        return computer

    async def start(self, computer: Computer) -> None:
        """A fresh program on the same file: it knows nothing but what is stored."""
        old, computer.api = computer.api, Api(computer.line, "http://handbill")
        computer.api._access, computer.api._refresh = old._access, old._refresh
        computer.store = MortalStore(computer.path, self.world.clock)
        computer.push = Push(computer.store, computer.api, self.world.clock, Random(7))
        computer.pull = Pull(computer.store, computer.api)
        computer.shown.clear()
        await computer.pull.remember_place()

    async def restart(self, computer: Computer) -> None:
        await computer.store.close()
        await self.start(computer)

    async def sync(self, computer: Computer, fault: str | None = None, commits: int | None = None) -> None:
        """Push and pull once; `fault` meets the first request, the power goes after `commits`."""
        computer.line.fault, computer.store.commits_left = fault, commits
        try:
            await computer.push_all(rounds=6 if fault is None else 1)
            with suppress(TransportError, MassDeletionError):
                await computer.pull.pull()
        except Killed:
            await self.restart(computer)
        computer.line.fault, computer.store.commits_left = None, None

    def wrote(self, computer: Computer, id: str) -> None:
        self.writers.setdefault(id, set()).add(computer.name)

    async def settle(self, computer: Computer, id: str, choice: str) -> None:
        copy = new_document_id()
        await Decisions(computer.store).settle(CAMPAIGN, id, choice, copy)
        self.decided.add(id)
        self.wrote(computer, id)
        if computer.peek.get(CAMPAIGN, copy) is not None:
            self.ids.append(copy)
            self.decided.add(copy)
            self.wrote(computer, copy)

    def asked(self) -> list[tuple[Computer, str, Hold]]:
        """Who is asked about which campaign, and why."""
        return [
            (c, id, state.hold) for c in self.computers for _, id, state in c.peek.waiting() if state.hold
        ]

    def shown(self) -> list[tuple[Computer, str]]:
        """What stands in second windows."""
        return [(computer, id) for computer in self.computers for id in sorted(computer.shown)]

    # What must be true

    def check(self) -> None:
        """Nothing acknowledged is lost, and nobody is asked about what only she wrote."""
        server = self._server()
        kept = {computer.name: computer.words() for computer in self.computers}
        for sentence, (computer, _) in self.typed.items():
            if sentence not in self.removed:
                there = sentence in kept[computer.name] or sentence in server
                assert there, f"{computer.name} lost {sentence!r}"
        for computer in self.computers:
            for _, id, state in computer.peek.waiting():
                alone = len(self.writers[id]) == 1
                assert not alone or state.hold in (None, Hold.REJECTED), f"{computer.name}: {state}"

    def _server(self) -> str:
        with closing(sqlite3.connect(self.world.database)) as file:
            rows = file.execute("SELECT content_json FROM campaign WHERE org_id = ?", (self.org[0],))
            return "\n".join(row[0] for row in rows)

    def drained(self, computer: Computer) -> None:
        """A document that waits for its person stops no other."""
        stuck = [id for _, id, state in computer.peek.waiting() if state.hold is None]
        assert computer.line.down or not stuck, f"{computer.name} is stuck: {stuck}"

    async def peace(self) -> None:
        """The line is good again, and every question is answered, one after the other."""
        for computer in self.computers:
            computer.line.down = False
        for _ in range(_ROUNDS):
            for computer in self.computers * 2:
                await self.sync(computer)
                if computer.peek.mass_deletion() is not None:
                    await computer.store.set_meta(**{ANSWER: "allow"})
                self.drained(computer)
            self.check()
            asked = self.asked()
            if not asked:
                return
            computer, id, hold = asked[0]
            if hold is Hold.REJECTED:
                await computer.write(id, computer.draft(id).content | {"name": "A name again"})
                self.wrote(computer, id)
            else:
                await self.settle(computer, id, "mine")
        raise AssertionError("the questions never end")

    async def agreed(self) -> None:
        """Everybody sees what a newcomer sees, and every sentence is in it or was given up by somebody."""
        newcomer = await self.join("newcomer")
        self.computers.append(newcomer)
        await newcomer.pull.pull()
        there = newcomer.documents()
        for computer in self.computers:
            assert computer.documents() == there, computer.name
        kept = "\n".join(computer.words() for computer in self.computers)
        for sentence, (_, id) in self.typed.items():
            if sentence in self.removed:
                continue
            times = sum(block["text"].count(sentence) for block in _blocks(there.get(id)))
            assert times <= 1, f"{sentence!r} is doubled"
            assert times == 1 or (id in self.decided and sentence in kept), f"{sentence!r} is lost"

    async def leave(self) -> None:
        for computer in self.computers:
            computer.peek.close()
            await computer.store.close()
            await computer.api.close()


def _blocks(content: dict[str, Any] | None) -> list[dict[str, Any]]:
    return content["contentJson"]["blocks"] if content else []
