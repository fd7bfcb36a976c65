"""Signing out with words that the server does not have: nothing is lost unless somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.screens.choosing import ChooseWay
from tui.text import count_words, shorten

if TYPE_CHECKING:
    from localstore.records import DocSummary

KEEP, SYNC, EXPORT, DISCARD = "keep", "sync", "export", "discard"
_WAYS = (
    (KEEP, "Keep on this computer", "They come back when you sign in again."),
    (SYNC, "Sync first", "Stay signed in until the server has them."),
    (EXPORT, "Export and keep", "Also as files that anybody can read."),
    (DISCARD, "Discard", "Removes this account from this computer."),
)


class SignOut(ChooseWay):
    """How to sign out; None to stay."""

    def __init__(self, waiting: list[DocSummary]) -> None:
        names = [f"  {shorten(summary.name, 60)}" for summary in waiting[:5]]
        more = [f"  and {len(waiting) - 5} more"] if len(waiting) > 5 else []
        number = count_words(len(waiting), "document")
        words = "\n".join([f"{number} not at the server yet:", *names, *more]) if waiting else ""
        ways = _WAYS if waiting else (_WAYS[0], _WAYS[3])
        super().__init__("Sign out", words, ways, "stays signed in")
