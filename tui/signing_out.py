"""Signing out, step by step: what waits is named, and only a typed word throws anything away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstore.records import DocKind
from tui.screens.dialogs import AskText
from tui.screens.sign_out import DISCARD, EXPORT, KEEP, SYNC, SignOut

if TYPE_CHECKING:
    from localstore.records import DocSummary
    from tui.app_commands import AppCommands

WORD = "discard"


def waiting(app: AppCommands) -> list[DocSummary]:
    """Documents with words that the server does not have."""
    everything = (summary for kind in DocKind for summary in app.services.drafts.list(kind))
    return [summary for summary in everything if summary.state.dirty or summary.state.in_flight]


async def ask_how(app: AppCommands) -> None:
    """Ask, and do it."""

    async def answered(way: str | None) -> None:
        if way == DISCARD:
            await _ask_for_the_word(app)
        elif way is not None:
            await app.attempt(lambda: _sign_out(app, way))

    await app.push_screen(SignOut(waiting(app)), answered)


async def _ask_for_the_word(app: AppCommands) -> None:
    async def typed(word: str | None) -> None:
        if word == WORD:
            await app.attempt(lambda: _sign_out(app, DISCARD))

    ask = AskText(
        "Discard everything of this account on this computer?",
        f"What the server does not have is lost for good. Type “{WORD}” to do it.",
        check=lambda text: None if text == WORD else f"Type “{WORD}”, or press esc.",
    )
    await app.push_screen(ask, typed)


async def _sign_out(app: AppCommands, way: str) -> None:
    drafts, sync = app.services.drafts, app.services.sync
    await app.store_everything()
    if way == SYNC:
        for summary in waiting(app):
            await sync.wait_synced(summary.kind, summary.id)
    if way == EXPORT:
        paths = [await drafts.export(summary.kind, summary.id) for summary in waiting(app)]
        app.say(f"Exported to {paths[0].rpartition('/')[0]}.")
    await sync.sign_out(discard=way == DISCARD)
    app.say("You are signed out." if way != KEEP else "You are signed out. Your drafts stay here.")
