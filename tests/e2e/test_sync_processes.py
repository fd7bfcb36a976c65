"""Real processes that are killed, frozen and cut off at random moments: every acknowledged sentence arrives.

`HANDBILL_SEEDS` of 200 and more plays as many rounds as it says.
"""

import contextlib
import multiprocessing
import os
import random
import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localstore.peek import Peek
from localstore.records import DocKind
from sync.embedded import Embedded
from tests.e2e import typist
from tests.e2e.conftest import wait_until
from tests.e2e.fault_proxy import TOXICS, FaultProxy

ROUNDS = max(24, int(os.environ.get("HANDBILL_SEEDS", "0")))
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.e2e.typist"])


class Play:
    """One backend, one proxy, and one client process after the other on the same file."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.embedded = Embedded(folder / "data")
        self.backend: Any = self.embedded.start()
        wait_until(self.embedded.answers)
        self.proxy = FaultProxy(self.embedded.socket_path, seed)
        self.path = folder / "drafts.db"
        self.acknowledged: list[int] = []
        self.first = 0
        self.client: Any = None

    def start_client(self, first: int | None = None) -> None:
        self.pipe, far = FORKS.Pipe(duplex=False)
        server = f"http://127.0.0.1:{self.proxy.port}"
        token = self.embedded.token_path.read_text().strip()
        arguments = (self.path, server, token, self.first if first is None else first, far)
        self.client = FORKS.Process(target=typist.run, args=arguments)
        self.client.start()
        far.close()

    def listen(self) -> list[Any]:
        heard = []
        with contextlib.suppress(EOFError, OSError):
            while self.pipe.poll():
                heard.append(self.pipe.recv())
        self.acknowledged += [word for word in heard if isinstance(word, int)]
        self.first = max([self.first, *(number + 1 for number in self.acknowledged)])
        return heard

    def kill_client(self) -> None:
        self.client.kill()
        self.client.join()
        self.listen()
        self.first += 1000  # a sentence that was stored but not acknowledged must not be typed twice
        self.pipe.close()
        self.client.close()

    def kill_backend(self) -> None:
        self.backend.kill()
        self.backend.wait()
        self.backend = self.embedded.start()
        wait_until(self.embedded.answers)

    def freeze(self) -> None:
        """A laptop whose lid is closed for a moment."""
        os.kill(self.client.pid, signal.SIGSTOP)
        time.sleep(0.1)
        os.kill(self.client.pid, signal.SIGCONT)

    def round(self, number: int) -> None:
        self.start_client()
        wait_until(lambda: self.listen() or (self.first > 0 and not self.client.is_alive()))
        time.sleep(self.dice.uniform(0.05, 0.5))
        if number % 8 == 3:
            self.kill_backend()
        if number % 4 == 1:
            self.freeze()
        self.kill_client()

    def drain(self) -> str:
        """No more faults: within a minute everything is at the server. Its text."""
        self.proxy.share = 0.0
        self.start_client(first=-1)
        wait_until(lambda: "drained" in self.listen())
        self.client.join(60)
        self.pipe.close()
        with contextlib.closing(sqlite3.connect(self.embedded.data / "handbill.db")) as connection:
            return str(connection.execute("SELECT content_json FROM campaign").fetchone()[0])

    def close(self) -> None:
        with contextlib.suppress(ValueError):
            self.client.kill()
            self.client.join()
        self.proxy.close()
        self.embedded.stop()
        self.backend.wait(15)


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    play = Play(tmp_path, 11)
    yield play
    play.close()


def test_killed_frozen_and_cut_off_at_random_moments(play: Play) -> None:
    for number in range(ROUNDS):
        play.round(number)
        with contextlib.closing(sqlite3.connect(play.path)) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        with contextlib.closing(Peek(play.path)) as peek:
            draft = peek.get(DocKind.CAMPAIGN, typist.ID)
            assert draft is not None
            assert draft.state.hold is None, "one person alone met a question"
            here = sentences_in(str(draft.content))
            assert not set(play.acknowledged) - set(here), "acknowledged, and not on the disk"
    there = sentences_in(play.drain())
    assert not set(play.acknowledged) - set(there), "acknowledged, and not at the server"
    assert not [number for number, times in there.items() if times > 1], "doubled"
    assert len(play.acknowledged) > ROUNDS
    assert play.proxy.met == set(TOXICS)


def sentences_in(text: str) -> Counter[int]:
    return Counter(map(int, re.findall(r"S(\d+)\.", text)))
