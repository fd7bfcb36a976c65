"""Screens that ask without holding up the keys, and that may be gone before the answer is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.worker import Worker, WorkerState

from sync.errors import ServiceError
from tui.screens.in_sight import stands

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.screen import Screen

    _Mixin = Screen[Any]
else:
    _Mixin = object


def _started(work: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """A coroutine function, which is all a worker takes; nothing is created before the worker starts."""

    async def run() -> Any:
        return await work()

    return run


class Asking(_Mixin):
    """Mixin of places and dialogs.

    A screen's workers are cancelled after its widgets are gone, so an answer may come in between: see
    `tui.screens.in_sight.too_late`. Every other exception of a worker is a mistake.
    """

    _outcome: tuple[Any] | None = None

    def finish(self, result: Any = None) -> None:
        """End this very screen, now or once nothing stands in front of it.

        `dismiss` takes away whatever is in front: after something was waited for, that may be another one.
        """
        if self.app.screen is self:
            _ = self.dismiss(result)
        elif stands(self):
            self._outcome = (result,)

    def on_screen_resume(self) -> None:
        if self._outcome is not None:
            self.finish(*self._outcome)

    def read(self, work: Callable[[], Awaitable[Any]], group: str, *, exclusive: bool = True) -> None:
        """Run a reading worker; a newer one of the same group replaces it. Never for durable writes."""
        self.run_worker(_started(work), group=group, exclusive=exclusive, exit_on_error=False)

    def ask_server(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Run something that waits for the server without holding up the keys; it is never replaced."""
        self.run_worker(_started(work), group="asking", exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        error = event.worker.error
        if event.state is not WorkerState.ERROR or not isinstance(error, Exception):
            return
        if not isinstance(error, ServiceError):
            self.app._handle_exception(error)  # noqa: SLF001  # the app's one door for mistakes of its own
        elif stands(self):
            self.failed(event.worker.group, error)

    def failed(self, group: str, error: ServiceError) -> None:
        """A worker of this group could not do it: say so."""
        raise NotImplementedError
