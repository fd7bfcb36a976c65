"""One contact, one campaign's mail to it, and a browser that nobody signed in with."""

from typing import Any

import httpx
from sqlalchemy import select

from backend.db.models.campaign import Campaign, CampaignRevision
from backend.db.models.contact import Contact
from backend.db.models.delivery import DeliveryRecord
from backend.delivery.signing import sending_secret
from backend.mail_links import MailClaim, Purpose, make_token
from contract.ids import new_document_id
from tests.backend.conftest import Member, Server, document

DELIVERY = 7


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
            transport=httpx.ASGITransport(server.app), base_url="http://handbill", follow_redirects=False
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

    async def contact(self) -> Contact:
        async with self.server.database.reader(self.org_id) as session:
            found = await session.scalar(select(Contact).where(Contact.id == self.contact_id))
            assert found is not None
            return found
