"""One contact, one campaign's mail to it, and a browser that nobody signed in with."""

from typing import Any

import httpx
from sqlalchemy import select

from backend.db.models.campaign import Campaign, CampaignRevision
from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.event import Event
from backend.delivery.signing import sending_secret
from backend.mail_links import MailClaim, Purpose, make_token
from backend.tracking.recording import write_all
from contract.blocks import load_document
from contract.ids import new_document_id
from render_preview.targets import links_of
from render_preview.tracking import link_code
from tests.backend.conftest import Member, Server, document

DELIVERY = 7
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def with_link(*hrefs: str) -> dict[str, Any]:
    return document("News", " ".join(f"[link]({href})" for href in hrefs))


class Visitor:
    """Holds links that only this contact got."""

    def __init__(self, server: Server, owner: Member) -> None:
        self.server = server
        self.owner = owner
        self.org_id = int(owner.session.org.id)
        self.contact_id = 0
        self.campaign_id = new_document_id()
        self.secret = b""
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(server.app),
            base_url="http://handbill",
            follow_redirects=False,
            headers={"User-Agent": BROWSER},
        )

    async def open(self, content: dict[str, Any] | None = None) -> None:
        made = await self.owner.ok("POST", "/contacts", {"email": "ann@example.org", "name": "Ann"})
        self.contact_id = int(made["contact"]["id"])
        self.secret = await sending_secret(self.server.database, self.org_id)
        now = self.server.clock.now()
        content = content or document("News", "Dear {{ name | friend }}")
        stamps = {"created_at": now, "updated_at": now}
        async with self.server.database.writer(self.org_id) as session:
            session.add(
                Campaign(
                    id=self.campaign_id,
                    name="News",
                    content_json=content,
                    status="SENT",
                    revision=1,
                    **stamps,
                )
            )
            await session.flush()
            frozen = {"campaign_id": self.campaign_id, "revision": 1, "content_json": content}
            session.add(CampaignRevision(created_at=now, **frozen))
            session.add(
                DeliveryRecord(
                    id=DELIVERY,
                    source_id=self.campaign_id,
                    revision=1,
                    contact_id=self.contact_id,
                    address="ann@example.org",
                    state="accepted",
                    updated_at=now,
                )
            )

    def token(self, purpose: Purpose, delivery: int = DELIVERY) -> str:
        return make_token(self.secret, purpose, MailClaim(self.org_id, self.contact_id, delivery))

    async def track(self, **switches: bool) -> None:
        await self.owner.ok("PATCH", "/org", switches or {"trackOpens": True, "trackClicks": True})

    async def follow(self, href: str, **headers: str) -> httpx.Response:
        """Of the mail, by the address as its author wrote it."""
        (number,) = links_of(load_document(with_link(href)))
        link = f"/t/{self.token(Purpose.CLICK)}-{link_code(number)}"
        return await self.http.get(link, headers=headers)

    async def load_picture(self, **headers: str) -> httpx.Response:
        return await self.http.get(f"/o/{self.token(Purpose.OPEN)}.gif", headers=headers)

    async def events(self) -> list[tuple[str, bool, int]]:
        """(what, whether by a machine, how often), after what waits was written down."""
        await write_all(self.server.database, self.server.app.state.parts.uses)
        async with self.server.database.reader(self.org_id) as session:
            found = await session.scalars(select(Event).order_by(Event.type, Event.link, Event.by_machine))
            return [(row.type, row.by_machine, row.times) for row in found]

    async def contact(self) -> Contact:
        async with self.server.database.reader(self.org_id) as session:
            found = await session.scalar(select(Contact).where(Contact.id == self.contact_id))
            assert found is not None
            return found
