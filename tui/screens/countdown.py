"""Ten seconds in which a send can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.screens.asking import Asking
from tui.text import plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult

    from contract.clock import Clock
    from sync.errors import ServiceError

SECONDS = 10


class Countdown(Asking, ModalScreen[str]):
    """Returns "undone", "outbox" or "stay". `undo` takes the send back; a `ServiceError` is shown."""

    DEFAULT_CSS = """
    Countdown { align: center middle; background: $background 60%; }
    Countdown > #box {
        width: 60; max-width: 94%; height: auto; padding: 1 2; background: $surface; border: round $border;
    }
    Countdown #title { text-style: bold; margin-bottom: 1; }
    Countdown #bar { height: 1; margin-bottom: 1; }
    Countdown #wrong { color: $error; height: auto; }
    Countdown #keys { color: $quiet; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u,escape", "undo", "Undo", show=False),
        Binding("o,enter", "close('outbox')", "Outbox", show=False),
        Binding("s", "close('stay')", "Stay", show=False),
    ]

    def __init__(self, clock: Clock, words: str, undo: Callable[[], Awaitable[object]]) -> None:
        super().__init__()
        self._clock, self._words, self._undo = clock, words, undo
        self._ends = clock.monotonic() + SECONDS
        self._gone = False
        self._undoing = False

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(plain(self._words), id="title")
            yield Static("", id="bar", markup=False)
            yield Static("", id="wrong", markup=False)
            yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        self._show()
        self.read(self._count, "countdown")

    async def _count(self) -> None:
        while self._left > 0:
            await self._clock.sleep(min(1.0, self._left))
            self._show()

    @property
    def _left(self) -> float:
        return max(0.0, self._ends - self._clock.monotonic())

    def _show(self) -> None:
        left = round(self._left)
        if left <= 0 and not self._gone:
            self._gone = True
            self.query_one("#title", Static).update("It is on its way.")
        bar = Content.styled("━" * (left * 3), "$accent") + Content.styled("━" * (30 - left * 3), "$border")
        self.query_one("#bar", Static).update(bar + Content(f"  {left} s" if left else "  now"))
        keys = "u or esc takes it back   o to the outbox   s stay here"
        gone = "o or enter to the outbox   s or esc stay here"
        self.query_one("#keys", Static).update(gone if self._gone else keys)

    async def action_undo(self) -> None:
        """Take it back while there is time."""
        if self._gone:
            _ = self.dismiss("stay")
            return
        if not self._undoing:
            self._undoing = True
            self.ask_server(self._take_back)

    async def _take_back(self) -> None:
        await self._undo()
        self.finish("undone")

    def failed(self, group: str, error: ServiceError) -> None:  # noqa: ARG002  # only one of them asks
        self._undoing = False
        self.query_one("#wrong", Static).update(plain(f"Not taken back: {error}"))

    def action_close(self, answer: str) -> None:
        """Leave; the countdown goes on without the dialog."""
        _ = self.dismiss(answer)
