"""Somebody with a computer: types, deletes, moves, answers questions, and loses power now and then.

The computer is the real client: its store on disk, its editor, its engine. Only the keys, the line and the
time are made up. Every sentence is unique, so that at the end each can be looked for.
"""

import asyncio
import copy
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from contract.auth import Session
from contract.clock import Clock
from contract.ids import new_document_id
from localstore.decisions import Decisions
from localstore.locks import draft_lock
from localstore.peek import Peek
from localstore.records import DocKind, Hold
from localstore.schema import prepare
from localstore.store import StaleEditError, Store
from sync.api import Api
from sync.canonical import canonical
from sync.editing import OpenDraft, open_draft
from sync.engine import Connection, SyncEngine
from sync.errors import ServiceError
from sync.merge import merge
from sync.merge_spots import Choice, Decision
from sync.text_merge import sentences
from tests.simulation.line import BadLine

CAMPAIGN = DocKind.CAMPAIGN
Json = dict[str, Any]


class Killed(asyncio.CancelledError):
    """The power went off right after a commit."""


class MortalStore(Store):
    """A store whose process may end after any commit."""

    commits_left: int | None = None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        async with super().writing() as connection:
            yield connection
        if self.commits_left is not None:
            self.commits_left -= 1
            if self.commits_left == 0:
                raise Killed


@dataclass
class Person:
    """One person in front of one computer.

    `typed` is what the screen said was saved, `removed` what is gone: where the power failed between a
    deletion and the word about it, the disk says which.
    """

    name: str
    path: Path
    line: BadLine
    api: Api
    clock: Clock
    dice: Random
    password: Callable[[], Awaitable[Session]]
    typed: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    deaths: int = 0
    _count: int = 0
    _unsaved: set[str] = field(default_factory=set)
    _unsaved_removals: set[str] = field(default_factory=set)

    async def start(self) -> None:
        prepare(self.path)
        self.store = MortalStore(self.path, self.clock)
        self.peek = Peek(self.path)
        api = Api(self.line, "http://handbill")  # a new program knows nothing but what is stored
        api._access, api._refresh = self.api._access, self.api._refresh
        self.api = api
        self.engine = SyncEngine(self.store, api, self.clock, self.dice, self._changed)
        self.engine.hurry()
        self._running = asyncio.create_task(self.engine.run())
        self._refreshing: set[asyncio.Task[bool]] = set()
        self.editing: OpenDraft | None = None

    def _changed(self) -> None:
        if self.editing is not None:
            self._refreshing.add(asyncio.create_task(self.editing.refresh()))

    async def die(self) -> None:
        """kill -9: whatever is not on the disk is gone, also what was just being typed."""
        self.deaths += 1
        tasks = {self._running, *self.engine._tasks, *self._refreshing}
        if self.editing is not None:
            tasks |= {self.editing._slot} - {None}
            self.editing._lock.release()
        in_order = sorted(tasks, key=lambda task: int(task.get_name().split("-")[1]))
        for task in in_order:
            task.cancel()
        await asyncio.gather(*in_order, return_exceptions=True)
        self.editing = None
        self._unsaved.clear()
        self.removed |= {sentence for sentence in self._unsaved_removals if not self._is_stored(sentence)}
        self._unsaved_removals.clear()
        await self.store.close()
        self.peek.close()

    def _is_stored(self, sentence: str) -> bool:
        drafts = (self.peek.get(CAMPAIGN, found.id) for found in self.peek.documents(CAMPAIGN))
        return any(draft is not None and sentence in str(draft.content) for draft in drafts)

    async def stop(self) -> None:
        await self._close_draft()
        self.engine.stop()
        await self._running
        await asyncio.gather(*self._refreshing, return_exceptions=True)
        await self.store.close()
        self.peek.close()
        await self.api.close()

    async def sign_in_if_asked(self) -> bool:
        """An answer with new tokens that was lost for longer than the server's grace ends the session."""
        asked = self.engine.connection is Connection.SIGNED_OUT
        if asked:
            self.api.take_over(await self.password())
            self.engine.signed_in()
        return asked

    async def create(self, content: Json) -> str:
        fresh = new_document_id()
        await self.store.create(CAMPAIGN, fresh, content)
        self.engine.edited(CAMPAIGN, fresh)
        return fresh

    # A person's hands

    async def act(self, id: str) -> None:
        """One thing somebody would do now."""
        await self.sign_in_if_asked()
        try:
            await self._act(id)
        except Killed:
            await self.die()
            await self.start()

    async def _act(self, id: str) -> None:
        draft = self.peek.get(CAMPAIGN, id)
        if draft is None or draft.deleted:
            return
        deed = self.dice.choices(
            ["write", "new block", "delete block", "move", "subject", "close", "look", "lose power"],
            [40, 8, 3, 6, 3, 6, 10, 2],
        )[0]
        match deed:
            case "close":
                await self._close_draft()
            case "look":
                await self.answer(id)
            case "lose power":
                if self.dice.random() < 0.5:
                    self.store.commits_left = self.dice.randint(1, 12)
                else:
                    await self.die()
                    await self.start()
            case _:
                await self._edit(id, deed)

    async def _edit(self, id: str, deed: str) -> None:
        if self.editing is None:
            with suppress(ServiceError):
                draft = self.peek.get(CAMPAIGN, id)
                assert draft is not None
                lock = draft_lock(self.path, CAMPAIGN, id)
                self.editing = await open_draft(
                    draft, store=self.store, lock=lock, clock=self.clock, read=self.peek.get,
                    saved=lambda key: self.engine.edited(*key), told=lambda: None,
                )  # fmt: skip
        if self.editing is None:
            return
        content = copy.deepcopy(self.editing.draft.content)
        self._change(content, deed)
        await self.editing.change(content)
        self._take_stock()

    def _sentence(self) -> str:
        self._count += 1
        sentence = f"{self.name}{self._count} writes."
        self._unsaved.add(sentence)
        return sentence

    def _change(self, content: Json, deed: str) -> None:
        mail = content["contentJson"]
        blocks = mail["blocks"]
        at = self.dice.randrange(len(blocks)) if blocks else 0
        match deed:
            case "subject":
                self._count += 1
                mail["subject"] = f"Subject of {self.name}{self._count}"
            case "new block" if len(blocks) < 30:
                new = {"id": f"{self.name}{self._count}", "type": "text", "text": self._sentence()}
                blocks.insert(at, new)
            case "delete block" if len(blocks) > 2:
                self._unsaved_removals.update(s.strip() for s in sentences(blocks.pop(at)["text"]))
            case "move" if blocks:
                blocks.insert(self.dice.randrange(len(blocks)), blocks.pop(at))
            case "write" if blocks:
                pieces = sentences(blocks[at]["text"])
                place = self.dice.randint(0, len(pieces))
                before = "" if place == 0 or pieces[place - 1].endswith(" ") else " "
                pieces.insert(place, f"{before}{self._sentence()} ")
                blocks[at]["text"] = "".join(pieces)

    def _take_stock(self) -> None:
        """Once nothing waits for its slot, the screen says that it is saved."""
        if self.editing is not None and not self.editing.typing and not self.editing.not_saved:
            self.typed |= self._unsaved
            self.removed |= self._unsaved_removals
            self._unsaved, self._unsaved_removals = set(), set()

    async def _close_draft(self) -> None:
        if self.editing is not None:
            editing, self.editing = self.editing, None
            await editing.close()
            self.typed |= self._unsaved
            self.removed |= self._unsaved_removals
            self._unsaved, self._unsaved_removals = set(), set()

    # Questions

    async def answer(self, id: str) -> None:
        """Settle what waits, as a careful person would: both texts where both can stand."""
        draft = self.peek.get(CAMPAIGN, id)
        if draft is None or draft.state.hold is None:
            return
        await self._close_draft()
        hold = draft.state.hold
        self.asked.add(str(hold))
        if hold is Hold.CONFLICT:
            await self._settle(id)
        else:
            await Decisions(self.store).settle(CAMPAIGN, id, "mine", new_document_id())
        self.engine.edited(CAMPAIGN, id)

    async def _settle(self, id: str) -> None:
        seen = self.peek.dispute(CAMPAIGN, id)
        assert seen is not None
        if seen.base is None or seen.mine is None or seen.theirs is None:
            await Decisions(self.store).settle(CAMPAIGN, id, "both", new_document_id())
            return
        sides = [canonical(CAMPAIGN, side) for side in (seen.base, seen.mine, seen.theirs)]
        questions = merge(*sides).conflicts
        self.asked |= {question.kind for question in questions}
        decisions: dict[tuple[str, ...], Decision] = {}
        for question in questions:
            if question.both_possible:
                decisions[question.path] = Choice.BOTH
            elif question.kind == "edit_delete":
                keep = Choice.THEIRS if question.mine is None else Choice.MINE
                decisions[question.path] = keep
            else:
                decisions[question.path] = self.dice.choice([Choice.MINE, Choice.THEIRS])
        content = merge(*sides, decisions).content
        with suppress(StaleEditError):
            await Decisions(self.store).accept(
                CAMPAIGN, id, content, seen_seq=seen.seq, theirs_rev=seen.theirs_rev
            )
