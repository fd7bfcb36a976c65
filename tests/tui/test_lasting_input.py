"""Whatever a terminal sends, the keys after it are heard."""

import asyncio
import os
import pty
import tty
from queue import SimpleQueue
from threading import Thread
from typing import Any

import pytest
from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from tui.lasting_output import lasting


async def heard(sent: bytes) -> list[str]:
    """The characters that arrive when these bytes come from a terminal, and then a z."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    told: SimpleQueue[object] = SimpleQueue()
    driver: Any = lasting(LinuxDriver)(App[None]())
    driver.fileno, driver.process_message = slave, told.put

    def read() -> None:
        try:
            driver.run_input_thread()
        except Exception as error:  # noqa: BLE001  # it is told in the test's own thread
            told.put(error)

    reading = Thread(target=read, daemon=True)
    reading.start()
    os.write(master, sent + b"z")
    found: list[str] = []
    while found[-1:] != ["z"]:
        event = await asyncio.to_thread(told.get, timeout=10)
        if isinstance(event, Exception):
            raise event
        if isinstance(event, events.Key):
            found.append(event.character or event.key)
    driver.exit_event.set()
    reading.join(10)
    os.close(master)
    os.close(slave)
    return found


async def test_a_letter_of_another_encoding_is_shown_as_what_it_is_not() -> None:
    assert await heard("caf\u00e9s".encode("latin-1")) == ["c", "a", "f", "\ufffd", "s", "z"]


async def test_letters_that_are_text_stay_letters() -> None:
    assert await heard("é🎈한".encode()) == ["é", "🎈", "한", "z"]


@pytest.mark.parametrize(
    "sequence", ["[1114112u", "[99999999999999u", "[:u", "[1;0:R", "[0;0;1114113u", "[55296u"]
)
async def test_a_sequence_that_no_key_sends_is_passed_over(sequence: str) -> None:
    assert await heard(f"a\x1b{sequence}".encode()) == ["a", "z"]
