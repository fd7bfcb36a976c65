"""What screens ask of a campaign's mails: what is on its way, who did not get it, and the unknown again."""

import os
import re
from collections.abc import Callable
from typing import Any, Protocol

from contract.campaigns import CampaignAnswer
from contract.delivery import DeliveryList, Outbox, Progress, Resent
from localstore.folders import private_folder
from localstore.records import DocKind
from sync.mail_export import write_csv
from sync.services import Json, Remote, in_words
from sync.workspace import Workspace


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

    async def progress(self, id: str) -> Progress | None:
        async with in_words():
            found = await self._workspace.api().get(CampaignAnswer, f"/api/campaigns/{id}")
            return found.campaign.progress

    async def page(self, id: str, wanted: Wanted, offset: int, limit: int) -> DeliveryList:
        if self._list != (id, wanted) or offset == 0:
            self._list, self._cursors = (id, wanted), {}
        cursor = self._cursors.get(offset)
        place: Json = {"cursor": cursor} if cursor else {"offset": offset or None}
        async with in_words():
            path = f"/api/campaigns/{id}/deliveries"
            found = await self._workspace.api().get(
                DeliveryList, path, **params_of(wanted), **place, limit=limit
            )
        if found.next_cursor is not None and self._list == (id, wanted):
            self._cursors[offset + len(found.deliveries)] = found.next_cursor
        return found

    async def resend(self, id: str, delivery_ids: list[str] | None, words: str) -> int:
        body: Json = {"deliveryIds": delivery_ids, "q": words or None}
        async with in_words():
            path = f"/api/campaigns/{id}/resend"
            return Resent.model_validate(await self.act_once("POST", path, body)).resent

    async def export(self, id: str, wanted: Wanted, wrote: Callable[[int, int], None]) -> str:
        draft = self._workspace.read(DocKind.CAMPAIGN, id)
        name = re.sub(r"[^A-Za-z0-9]+", "-", str(draft.content.get("name") if draft else "")).strip("-")
        path = private_folder(self._workspace.data / "exports") / f"mails-{name.lower()[:60]}-{id[-6:]}.csv"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            async with in_words():
                await write_csv(self._workspace.api(), id, params_of(wanted), file, wrote)
        return str(path)
