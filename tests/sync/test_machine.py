"""Up to four computers of one organisation in any order of typing, failing and settling that can be found.

After each step no acknowledged word is lost and nobody is asked about what only she wrote; once the line is
good again all see one text. `HANDBILL_SEEDS` sets how many histories are tried, and how long they are.
"""

import asyncio
import copy
import itertools
import os
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backend.app import build_app
from backend.settings import Settings
from contract.clock import ManualClock
from localstore.records import Hold
from sync.on_top import Typed
from sync.text_merge import sentences
from tests.backend.lifespan import running
from tests.sync.conftest import CAMPAIGN, CHEAP, World, mail
from tests.sync.crowd import Computer, Crowd

LONG = "HANDBILL_SEEDS" in os.environ
HISTORIES = int(os.environ.get("HANDBILL_SEEDS", "6"))
STEPS = 60 if LONG else 40
MOST_CAMPAIGNS = 4

Json = dict[str, Any]
numbers = st.integers(0, 5)
faults = st.sampled_from([None, "request lost", "answer lost", "answer cut"])


class Together(RuleBasedStateMachine):
    """One history. `who` and `what` count round whatever is there."""

    runner: asyncio.Runner
    world: World
    folder: Path
    orgs = itertools.count()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    @initialize(size=st.integers(1, 4))
    def begin(self, size: int) -> None:
        number = next(self.orgs)
        org = self.run(self.world.open(f"org{number}"))
        folder = self.folder / str(number)
        folder.mkdir()
        self.crowd = Crowd(self.world, org, folder)
        self.created, self.count = 0, 0
        self.fresh: list[str] = []
        for name in "abcd"[:size]:
            self.crowd.computers.append(self.run(self.crowd.join(name)))
        self.create(0)
        for computer in self.crowd.computers:
            self.run(self.crowd.sync(computer))

    def computer(self, who: int) -> Computer:
        return self.crowd.computers[who % len(self.crowd.computers)]

    def sentence(self, computer: Computer) -> str:
        self.count += 1
        sentence = f"{computer.name}{self.count} writes."
        self.fresh.append(sentence)
        return f"{sentence} "

    def pick(self, who: int, what: int) -> tuple[Computer, str, Json] | None:
        """Somebody, and one of the campaigns there."""
        computer = self.computer(who)
        there = [id for id in self.crowd.ids if id in computer.known]
        if not there:
            return None
        id = there[what % len(there)]
        return computer, id, copy.deepcopy(computer.draft(id).content)

    def save(self, computer: Computer, id: str, content: Json) -> None:
        """What is stored when this returns is acknowledged."""
        self.run(computer.write(id, content))
        self.acknowledged(computer, id)

    def acknowledged(self, computer: Computer, id: str) -> None:
        self.crowd.wrote(computer, id)
        self.crowd.typed |= dict.fromkeys(self.fresh, (computer, id))
        self.fresh.clear()

    # What people do

    @precondition(lambda self: self.created < MOST_CAMPAIGNS)
    @rule(who=numbers)
    def create(self, who: int) -> None:
        computer = self.computer(who)
        self.created += 1
        id = self.run(computer.create(mail(self.sentence(computer), self.sentence(computer))))
        self.crowd.ids.append(id)
        self.acknowledged(computer, id)

    @rule(who=numbers, what=numbers, at=numbers, place=numbers)
    def write(self, who: int, what: int, at: int, place: int) -> None:
        if (found := self.pick(who, what)) and _blocks(found[2]):
            _insert(found[2], at, place, self.sentence(found[0]))
            self.save(*found)

    @rule(what=numbers, at=numbers, place=numbers)
    def meet(self, what: int, at: int, place: int) -> None:
        """One after the other writes into the same campaign and syncs."""
        for who, computer in enumerate(self.crowd.computers):
            self.look(who, what)
            self.write(who, what, at, place)
            self.run(self.crowd.sync(computer))

    @rule(who=numbers, what=numbers, at=numbers)
    def add_block(self, who: int, what: int, at: int) -> None:
        if found := self.pick(who, what):
            text = self.sentence(found[0])
            _blocks(found[2]).insert(at, {"id": f"new{self.count}", "type": "text", "text": text})
            self.save(*found)

    @rule(who=numbers, what=numbers, at=numbers, to=numbers)
    def move_block(self, who: int, what: int, at: int, to: int) -> None:
        if (found := self.pick(who, what)) and (blocks := _blocks(found[2])):
            blocks.insert(to, blocks.pop(at % len(blocks)))
            self.save(*found)

    @rule(who=numbers, what=numbers, at=numbers)
    def delete_block(self, who: int, what: int, at: int) -> None:
        if (found := self.pick(who, what)) and len(blocks := _blocks(found[2])) > 1:
            gone = blocks.pop(at % len(blocks))
            self.crowd.removed.update(sentence.strip() for sentence in sentences(gone["text"]))
            self.save(*found)

    @rule(who=numbers, what=numbers, name=st.sampled_from(["", "Spring", "Summer"]))
    def rename(self, who: int, what: int, name: str) -> None:
        """The server refuses a campaign without a name."""
        if found := self.pick(who, what):
            self.save(*found[:2], found[2] | {"name": name})

    @rule(who=numbers, what=numbers)
    def remove(self, who: int, what: int) -> None:
        if found := self.pick(who, what):
            computer, id, _ = found
            self.crowd.decided.add(id)
            self.crowd.wrote(computer, id)
            self.run(computer.store.remove(CAMPAIGN, id, undo_seconds=0))

    @rule(who=numbers, what=numbers)
    def take_back(self, who: int, what: int) -> None:
        computer = self.computer(who)
        id = self.crowd.ids[what % len(self.crowd.ids)]
        self.run(computer.store.restore(CAMPAIGN, id))

    @rule(who=numbers, what=numbers)
    def look(self, who: int, what: int) -> None:
        """A second window shows the draft as it is now."""
        if found := self.pick(who, what):
            computer, id, content = found
            seq = computer.peek.dispute(CAMPAIGN, id).seq
            computer.shown[id] = Typed(content, content, seq)

    @precondition(lambda self: self.crowd.shown())
    @rule(what=numbers, at=numbers, place=numbers)
    def write_in_window(self, what: int, at: int, place: int) -> None:
        """Type on what the window shows, whatever took its place meanwhile."""
        shown = self.crowd.shown()
        computer, id = shown[what % len(shown)]
        if id in computer.known:
            content = copy.deepcopy(computer.shown[id].content)
            if _blocks(content):
                _insert(content, at, place, self.sentence(computer))
                self.run(computer.type_in_window(id, content))
                self.acknowledged(computer, id)

    @precondition(lambda self: self.crowd.asked())
    @rule(what=numbers, choice=st.sampled_from(["mine", "theirs", "both"]))
    def settle(self, what: int, choice: str) -> None:
        asked = self.crowd.asked()
        computer, id, hold = asked[what % len(asked)]
        if hold is not Hold.REJECTED:
            self.run(self.crowd.settle(computer, id, choice))

    # What happens to computers

    @rule(who=numbers, fault=faults)
    def sync(self, who: int, fault: str | None) -> None:
        computer = self.computer(who)
        self.run(self.crowd.sync(computer, fault))
        if fault is None:
            self.crowd.drained(computer)

    @rule(who=numbers, what=numbers, fault=faults)
    def push(self, who: int, what: int, fault: str | None) -> None:
        computer = self.computer(who)
        computer.line.fault = fault
        self.run(computer.push.push(CAMPAIGN, self.crowd.ids[what % len(self.crowd.ids)]))
        computer.line.fault = None

    @rule(who=numbers, commits=st.integers(1, 4))
    def lose_power(self, who: int, commits: int) -> None:
        """While it syncs, right after a commit."""
        self.run(self.crowd.sync(self.computer(who), commits=commits))

    @rule(who=numbers)
    def reopen(self, who: int) -> None:
        self.run(self.crowd.restart(self.computer(who)))

    @rule(who=numbers)
    def unplug(self, who: int) -> None:
        line = self.computer(who).line
        line.down = not line.down

    @invariant()
    def nothing_is_lost(self) -> None:
        self.crowd.check()

    def teardown(self) -> None:
        if not hasattr(self, "crowd"):
            return
        try:
            self.run(self.crowd.peace())
            self.run(self.crowd.agreed())
        finally:
            self.run(self.crowd.leave())


def _blocks(content: Json) -> list[Json]:
    return content["contentJson"]["blocks"]


def _insert(content: Json, at: int, place: int, sentence: str) -> None:
    block = _blocks(content)[at % len(_blocks(content))]
    pieces = sentences(block["text"])
    pieces.insert(place % (len(pieces) + 1), sentence)
    block["text"] = "".join(pieces)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[asyncio.Runner, World]]:
    """The real application on an event loop that all histories share."""
    clock = ManualClock()
    database = f"sqlite+aiosqlite:///{folder / 'handbill.db'}"
    settings = Settings(data_dir=folder, database_url=database, secret_keys=("a secret key for tests only",))
    app = build_app(settings, clock, passwords=CHEAP)
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        runner.run(stack.enter_async_context(running(app)))
        try:
            yield runner, World(app, clock, folder)
        finally:
            runner.run(stack.aclose())


def test_any_history_loses_nothing_and_ends_with_one_text(tmp_path: Path) -> None:
    with serving(tmp_path) as (runner, world):
        machine = type("Together", (Together,), {"runner": runner, "world": world, "folder": tmp_path})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=HISTORIES,
                stateful_step_count=STEPS,
                deadline=None,
                phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
                derandomize=not LONG,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
