"""The demo's mail catcher as screens see it: a folder of mails on this computer."""

import asyncio
from typing import TYPE_CHECKING

from sync.workspace import Workspace

if TYPE_CHECKING:
    from localstore.mailbox import CaughtMail


class LocalMailbox:
    """`tui.services.Mailbox` over the demo's mail catcher."""

    def __init__(self, workspace: Workspace) -> None:
        embedded = workspace.embedded
        self._folder = embedded.mail_folder if embedded is not None and embedded.demo else None

    @property
    def present(self) -> bool:
        return self._folder is not None

    async def list(self, limit: int = 200) -> "list[CaughtMail]":
        from localstore.mailbox import read_mails

        return await asyncio.to_thread(read_mails, self._folder, limit) if self._folder is not None else []

    async def count(self) -> int:
        from localstore.mailbox import count_mails

        return await asyncio.to_thread(count_mails, self._folder) if self._folder is not None else 0
