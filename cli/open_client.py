"""Opening the terminal client: backend first, then the first paint, then everything heavy."""

import gc
import sys
from collections.abc import Awaitable, Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from cli import output
from cli.failures import USAGE, CommandError
from localstore.folders import data_folder, private_folder
from sync.embedded import Embedded, demo_backend

if TYPE_CHECKING:
    from sync.workspace import Workspace
    from tui.app import HandbillApp
    from tui.keymap import KeyChoice
    from tui.services import Services

HANG_UP_SECONDS = 5.0
"""What was typed is on the disk a tenth of a second after its key; the rest of ending is given this long."""


def open_client(
    *, data_dir: str | None = None, server: str | None = None, demo: bool = False, reset: bool = False
) -> int:
    """Open the client on a workspace and return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        message = "The client needs a terminal; for scripts there are commands: handbill --help."
        raise CommandError(message, USAGE)
    gc.disable()
    data = data_folder(data_dir)
    private_folder(data)
    embedded = None if server else demo_backend(data) if demo else Embedded(data)
    if embedded is None:
        return _show(data, None, server)
    if reset:
        clear_demo(embedded)
    embedded.start()
    return _show(embedded.data, embedded, None)


def clear_demo(embedded: Embedded) -> None:
    """Remove the demo's data, so that it is made afresh."""
    import shutil

    embedded.stop()
    shutil.rmtree(embedded.data, ignore_errors=True)
    private_folder(embedded.data)


def _show(data: Path, embedded: Embedded | None, server: str | None) -> int:
    from random import SystemRandom

    from contract.clock import SystemClock
    from sync.workspace import Workspace
    from tui.app import run

    secrets, warning = _secrets(data) if embedded is None else (None, None)
    workspace = Workspace(
        data,
        clock=SystemClock(),
        random=SystemRandom(),
        embedded=embedded,
        server=server or "",
        secrets=secrets,
    )
    running: list[str] = []

    async def close() -> None:
        running.extend(workspace.runs_on())
        await workspace.close()

    code = run(
        lambda: services_of(workspace),
        keys=_keys(),
        state_folder=data,
        after_paint=_connecting(workspace, warning),
        before_exit=close,
    )
    if running and embedded is not None and not embedded.demo:
        output.words(goes_on(running))
    return code


def goes_on(names: list[str]) -> str:
    """What the person should know when the window closes and mail will still go out."""
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    what = ", ".join(f"“{name}”" for name in names[:2])
    return f"{what}{more} will still be sent: the backend keeps running (handbill backend stop ends it)."


def _secrets(data: Path) -> tuple[Any, str | None]:
    from sync.secrets import usable_secrets

    return usable_secrets(data / "session.json")


def _keys() -> "KeyChoice":
    from platformdirs import user_config_path

    from tui.keymap import KeymapError, load_keymap

    try:
        return load_keymap(user_config_path("handbill", appauthor=False) / "keymap.toml")
    except KeymapError as error:
        raise CommandError(str(error), USAGE) from error


def _connecting(workspace: "Workspace", warning: str | None) -> "Callable[[HandbillApp], Awaitable[None]]":
    async def after_paint(app: "HandbillApp") -> None:
        if warning is not None:
            app.say(warning)
        _heed_signals(app)
        workspace.failed = app.say
        workspace.mistaken = app.survive
        workspace.connect_behind()

    return after_paint


def _heed_signals(app: "HandbillApp") -> None:
    """Whatever ends or stops the program from outside, what was typed is stored first."""
    import asyncio
    import signal

    from tui.lasting_output import watch_terminal

    at_work: set[asyncio.Task[None]] = set()
    stop = signal.getsignal(signal.SIGTSTP)  # Textual's: it gives the terminal back before it stops

    async def stop_now() -> None:
        await app.store_everything()
        if callable(stop):
            stop(signal.SIGTSTP, None)

    def heed(number: int, work: "Callable[[], Coroutine[Any, Any, None]]") -> None:
        def start() -> None:
            task = asyncio.create_task(work())
            at_work.add(task)
            task.add_done_callback(at_work.discard)

        asyncio.get_running_loop().add_signal_handler(number, start)

    heed(signal.SIGTERM, app.end_now)
    heed(signal.SIGHUP, app.end_now)
    heed(signal.SIGTSTP, stop_now)
    watch_terminal(sys.stdin.fileno(), _end_without_terminal)


def _end_without_terminal() -> None:
    """In the usual way. Keys that still wait in a queue may hold that up, and nobody is there to see it."""
    import os
    import signal
    import time

    os.kill(os.getpid(), signal.SIGHUP)
    time.sleep(HANG_UP_SECONDS)
    os._exit(128 + signal.SIGHUP)


def services_of(workspace: "Workspace") -> "Services":
    """What the app is given; the parts that need models and network are made when first used."""
    from sync.caught import LocalMailbox
    from sync.drafts import LocalDrafts, SyncStatus
    from sync.late import OnFirstUse
    from tui.services import Services

    status = SyncStatus(workspace)

    def remote(name: str, *more: object, module: str = "sync.services") -> Any:
        def make() -> object:
            return getattr(import_module(module), name)(workspace, *more)

        return cast(Any, OnFirstUse(make))

    def library(kind: str) -> Any:
        def make() -> object:
            from contract.library import SavedKind
            from sync.library import RemoteLibrary

            return RemoteLibrary(workspace, SavedKind(kind))

        return cast(Any, OnFirstUse(make))

    def versions() -> object:
        from sync.library import RemoteVersions

        return RemoteVersions(workspace)

    def links() -> object:
        from sync.link_check import LinkCheck

        return LinkCheck()

    return Services(
        drafts=LocalDrafts(workspace),
        sync=status,
        contacts=remote("RemoteContacts"),
        audience=remote("RemoteAudience"),
        sending=remote("RemoteSending", status),
        mails=remote("RemoteMails", module="sync.mail_services"),
        accounts=remote("RemoteAccounts", module="sync.account_services"),
        suppressions=remote("RemoteSuppressions", module="sync.account_services"),
        rules=remote("RemoteRules", module="sync.rules_service"),
        sequences=remote("RemoteSequences", status),
        mailbox=LocalMailbox(workspace),
        templates=library("template"),
        snippets=library("snippet"),
        links=cast(Any, OnFirstUse(links)),
        versions=cast(Any, OnFirstUse(versions)),
        clock=workspace.clock,
    )
