"""One game: people, one real backend, bad lines, and then the peace in which everything must arrive."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx

from contract.auth import Session
from sync.api import Api
from sync.canonical import canonical
from sync.text_merge import sentences
from tests.simulation.line import BadLine, Weather
from tests.simulation.person import CAMPAIGN, Person
from tests.simulation.virtual import VirtualClock, WrongClock
from tests.sync.conftest import World, mail

CAP = 60.0
"""One back-off cap: within it everything drains once the faults have ended."""


class Game:
    """People, their pace and the weather come from one seed."""

    def __init__(self, world: World, clock: VirtualClock, folder: Path, seed: int) -> None:
        self.world = world
        self.clock = clock
        self.dice = Random(seed)
        self.people: list[Person] = []
        self._folder = folder
        self.server_clock = WrongClock(clock)

    async def join(self, name: str, weather: Weather, years_off: float = 0.0) -> Person:
        """Somebody with a computer whose date is wrong by `years_off`."""

        async def password() -> Session:
            session: Session = await self.world.app.state.auth.open(*self.world.org)
            return session

        session = await password()
        dice = Random(self.dice.random())
        line = BadLine(httpx.ASGITransport(self.world.app), self.clock, dice, weather)
        api = Api(line, "http://handbill")
        api._adopt(session.model_dump(by_alias=True, mode="json"))
        clock = WrongClock(self.clock, timedelta(days=365 * years_off))
        person = Person(name, self._folder / f"{name}.db", line, api, clock, Random(dice.random()), password)
        await person.start()
        self.people.append(person)
        return person

    async def begin(self) -> str:
        """The first person makes a campaign, and everybody gets it."""
        first = self.people[0]
        id = await first.create(mail("One begins. ", "Two begins. ", "Three begins. "))
        first.typed |= {"One begins.", "Two begins.", "Three begins."}
        await self.until(lambda: all(p.peek.get(CAMPAIGN, id) for p in self.people), 600)
        return id

    async def until(self, condition: Any, longest: float) -> None:
        end = self.clock.monotonic() + longest
        while not condition():
            assert self.clock.monotonic() < end, "it never came true"
            await self.clock.play(1.0)

    async def play(self, id: str, seconds: float, pauses: Sequence[float] = (0.05, 0.1, 0.4, 2, 8)) -> None:
        """People act, each at a pace of their own."""
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            person = self.dice.choice(self.people)
            await person.act(id)
            await self.clock.play(self.dice.choice(pauses) * self.dice.random())
            for somebody in self.people:
                somebody._take_stock()

    async def peace(self, id: str) -> dict[str, Any]:
        """No more faults: everything drains, every question is answered, and all see the same."""
        for person in self.people:
            person.line.healed = True
            person.store.commits_left = None
            if person._running.done():
                await person.die()
                await person.start()
            await person._close_draft()
        for _ in range(12):
            await self._pass(CAP + 35)  # answers that are still on their way, and one cap
            for person in self.people:
                waiting = [row for row in await person.store.unsettled() if row.hold is None]
                assert not waiting, f"{person.name} is stuck, {person.engine.connection}: {waiting}"
            held = [p for p in self.people if p.peek.waiting()]
            if not held:
                break
            await held[0].answer(id)
        else:
            raise AssertionError("the questions never end")
        await self._pass(CAP)
        return await self.on_server(id)

    async def _pass(self, seconds: float) -> None:
        """Time passes; who was asked for a password meanwhile gives it, and has one cap from then on."""
        await self.clock.play(seconds)
        asked = [await person.sign_in_if_asked() for person in self.people]
        if any(asked):
            await self.clock.play(CAP)

    async def on_server(self, id: str) -> dict[str, Any]:
        """What the backend has, asked over a line without weather."""
        person = self.people[0]
        async with Api(person.line.inner, "http://handbill") as api:
            api._access, api._refresh = person.api._access, person.api._refresh
            row: dict[str, Any] = (await api.call("GET", f"/api/campaigns/{id}")).body["campaign"]
        return row

    def check(self, id: str, row: dict[str, Any]) -> None:
        """Nothing lost, nothing doubled, everybody sees the same."""
        there = self.sentences_in(row)
        typed = set().union(*(person.typed for person in self.people))
        removed = set().union(*(person.removed for person in self.people))
        doubled = {sentence for sentence, times in there.items() if times > 1}
        lost = typed - removed - set(there)
        if doubled or lost:
            raise AssertionError(f"doubled: {doubled}, lost: {lost}")
        assert len({block["id"] for block in row["contentJson"]["blocks"]}) == len(
            row["contentJson"]["blocks"]
        )
        for person in self.people:
            draft = person.peek.get(CAMPAIGN, id)
            assert draft is not None
            assert canonical(CAMPAIGN, draft.content) == canonical(
                CAMPAIGN, {key: row[key] for key in draft.content}
            ), person.name

    def sentences_in(self, content: dict[str, Any]) -> Counter[str]:
        """What a text says, and how often."""
        blocks = content["contentJson"]["blocks"]
        return Counter(sentence.strip() for block in blocks for sentence in sentences(block["text"]))

    async def end(self) -> None:
        for person in self.people:
            await person.stop()
