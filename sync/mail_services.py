"""What screens ask of mails by name: what is on its way, who did not get it, and the unknown again."""

import os
import re
from collections.abc import Callable
from typing import Any, Protocol

from contract.campaigns import CampaignAnswer
from contract.delivery import DeliveryList, Outbox, Progress, Resent
from localstore.folders import private_folder
from localstore.records import DocKind
from sync.documents import SHAPES
from sync.mail_export import write_csv
from sync.services import Json, Remote, in_words
from sync.workspace import Workspace

Source = tuple[DocKind, str]
"""A campaign or a sequence."""


def path_of(source: Source) -> str:
    """Where it lives in the API."""
    kind, id = source
    return f"{SHAPES[kind].path}/{id}"


class Wanted(Protocol):
    """Which mails are asked for."""

    @property
    def state(self) -> str | None: ...

    @property
    def delivered(self) -> bool | None: ...

    @property
    def words(self) -> str: ...


def params_of(wanted: Wanted) -> Json:
    """As the server reads them."""
    delivered = None if wanted.delivered is None else str(wanted.delivered).lower()
    return {"state": wanted.state, "delivered": delivered, "q": wanted.words or None}


class RemoteMails(Remote):
    """`tui.sending_services.Mails`. Page after page goes by key; only a jump goes by position."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._list: Any = None
        self._cursors: dict[int, str] = {}

    async def outbox(self) -> Outbox:
        async with in_words():
            return await self._workspace.api().get(Outbox, "/api/outbox")

    async def progress(self, source: Source) -> Progress | None:
        async with in_words():
            api, path = self._workspace.api(), f"/api/{path_of(source)}"
            if source[0] is DocKind.SEQUENCE:
                return await api.get(Progress, f"{path}/progress")
            return (await api.get(CampaignAnswer, path)).campaign.progress

    async def page(self, source: Source, wanted: Wanted, offset: int, limit: int) -> DeliveryList:
        if self._list != (source, wanted) or offset == 0:
            self._list, self._cursors = (source, wanted), {}
        cursor = self._cursors.get(offset)
        place: Json = {"cursor": cursor} if cursor else {"offset": offset or None}
        async with in_words():
            path = f"/api/{path_of(source)}/deliveries"
            found = await self._workspace.api().get(
                DeliveryList, path, **params_of(wanted), **place, limit=limit
            )
        if found.next_cursor is not None and self._list == (source, wanted):
            self._cursors[offset + len(found.deliveries)] = found.next_cursor
        return found

    async def resend(self, source: Source, delivery_ids: list[str] | None, words: str) -> int:
        body: Json = {"deliveryIds": delivery_ids, "q": words or None}
        async with in_words():
            path = f"/api/{path_of(source)}/resend"
            return Resent.model_validate(await self.act_once("POST", path, body)).resent

    async def export(self, source: Source, wanted: Wanted, wrote: Callable[[int, int], None]) -> str:
        draft, id = self._workspace.read(*source), source[1]
        name = re.sub(r"[^A-Za-z0-9]+", "-", str(draft.content.get("name") if draft else "")).strip("-")
        path = private_folder(self._workspace.data / "exports") / f"mails-{name.lower()[:60]}-{id[-6:]}.csv"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            async with in_words():
                await write_csv(self._workspace.api(), path_of(source), params_of(wanted), file, wrote)
        return str(path)
