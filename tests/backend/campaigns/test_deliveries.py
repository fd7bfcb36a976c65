"""What is on its way, who did not get it, and sending again what nobody knows of."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.db.models.campaign import Campaign
from contract.delivery import Delivery, DeliveryState
from contract.transitions import CampaignStatus
from tests.backend.accounts.test_accounts import ACCOUNT
from tests.backend.campaigns.test_sending import in_status
from tests.backend.conftest import Member, Server


def mail(server: Server, number: int, state: DeliveryState, reason: str = "") -> Delivery:
    return Delivery(
        id=str(number),
        contact_id=str(number),
        email=f"c{number}@example.org",
        state=state,
        reason=reason,
        attempts=1,
        updated_at=server.clock.now(),
    )


async def sent_with_unknown(server: Server, owner: Member) -> dict[str, Any]:
    server.delivery.rows = [
        mail(server, 1, DeliveryState.ACCEPTED),
        mail(server, 2, DeliveryState.UNKNOWN, "silence"),
        mail(server, 3, DeliveryState.UNKNOWN, "the worker ended"),
        mail(server, 4, DeliveryState.BOUNCED, "550 no such user"),
    ]
    return await in_status(server, owner, CampaignStatus.SENT)


class TestNotDelivered:
    async def test_everyone_who_did_not_get_it_with_the_count(self, server: Server, owner: Member) -> None:
        path = f"/campaigns/{(await sent_with_unknown(server, owner))['id']}/deliveries"
        page = await owner.ok("GET", path, params={"delivered": "false", "limit": 2})
        assert [row["email"] for row in page["deliveries"]] == ["c2@example.org", "c3@example.org"]
        assert (page["total"], page["nextCursor"]) == (3, "3")
        page = await owner.ok("GET", path, params={"delivered": "false", "offset": 2})
        assert [row["reason"] for row in page["deliveries"]] == ["550 no such user"]
        assert (page["offset"], page["nextCursor"]) == (2, None)
        page = await owner.ok("GET", path, params={"q": "silence"})
        assert page["total"] == 1


class TestResend:
    async def test_the_unknown_are_due_again_and_it_is_noted(self, server: Server, owner: Member) -> None:
        made = await sent_with_unknown(server, owner)
        path = f"/campaigns/{made['id']}"
        assert await owner.ok("POST", f"{path}/resend", {"deliveryIds": ["2", "4", "99"]}) == {"resent": 1}
        shown = (await owner.ok("GET", path))["campaign"]
        assert (shown["status"], shown["updatedAt"] != made["updatedAt"]) == ("SENDING", True)
        assert server.delivery.woken == 1
        log = await owner.ok("GET", "/audit", params={"target": f"campaign/{made['id']}"})
        assert log["entries"][0]["action"] == "campaign sent again to 1 unknown"

    async def test_all_of_them(self, server: Server, owner: Member) -> None:
        made = await sent_with_unknown(server, owner)
        assert await owner.ok("POST", f"/campaigns/{made['id']}/resend", {}) == {"resent": 2}
        assert [row.state for row in server.delivery.rows[1:]] == ["pending", "pending", "bounced"]

    async def test_nobody_unknown_leaves_it_as_it_is(self, server: Server, owner: Member) -> None:
        made = await sent_with_unknown(server, owner)
        body = {"q": "nobody has these words"}
        assert await owner.ok("POST", f"/campaigns/{made['id']}/resend", body) == {"resent": 0}
        assert (await owner.ok("GET", f"/campaigns/{made['id']}"))["campaign"] == made

    async def test_a_paused_one_stays_paused(self, server: Server, owner: Member) -> None:
        await sent_with_unknown(server, owner)
        made = await in_status(server, owner, CampaignStatus.PAUSED)
        assert await owner.ok("POST", f"/campaigns/{made['id']}/resend", {}) == {"resent": 2}
        assert (await owner.ok("GET", f"/campaigns/{made['id']}"))["campaign"]["status"] == "PAUSED"

    @pytest.mark.parametrize("status", ["DRAFT", "SCHEDULED", "CANCELLED"])
    async def test_not_what_never_left_or_was_given_up(
        self, server: Server, owner: Member, status: str
    ) -> None:
        await sent_with_unknown(server, owner)
        made = await in_status(server, owner, CampaignStatus(status))
        await owner.refused(409, "bad_transition", "POST", f"/campaigns/{made['id']}/resend", {})
        assert server.delivery.rows[1].state == "unknown"

    async def test_by_whoever_may_send_and_nobody_else(
        self, server: Server, owner: Member, member: Member, stranger: Member
    ) -> None:
        made = await sent_with_unknown(server, owner)
        path = f"/campaigns/{made['id']}/resend"
        await owner.ok("PATCH", "/org", {"membersMaySend": False})
        await member.refused(403, "forbidden", "POST", path, {})
        await stranger.refused(404, "not_found", "POST", path, {})
        assert server.delivery.rows[1].state == "unknown"


class TestOutbox:
    async def test_what_is_on_its_way_and_why_it_waits(
        self, server: Server, owner: Member, stranger: Member
    ) -> None:
        account = (await owner.ok("POST", "/sending-accounts", ACCOUNT))["account"]
        for status in (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, CampaignStatus.SENT):
            await in_status(server, owner, status)
        await in_status(server, owner, CampaignStatus.SENDING, accountId=account["id"])
        paused = await in_status(server, owner, CampaignStatus.PAUSED)
        async with server.database.writer(int(paused["orgId"])) as session:
            row = (await session.scalars(select(Campaign).where(Campaign.id == paused["id"]))).one()
            row.paused_reason = "too_many_failures"
        server.delivery.waiting = ["the account “Main” is paused"]
        found = (await owner.ok("GET", "/outbox"))["campaigns"]
        assert [entry["status"] for entry in found] == ["SENDING", "PAUSED", "SCHEDULED"]
        assert (found[0]["account"], found[0]["waits"]) == ("Main", ["the account “Main” is paused"])
        assert (found[1]["pausedReason"], found[1]["waits"]) == ("too_many_failures", [])
        assert found[2]["sendAt"] is not None
        assert (await stranger.ok("GET", "/outbox"))["campaigns"] == []

    async def test_what_was_sent_stays_for_a_day(self, server: Server, owner: Member) -> None:
        for hours in (1, 25):
            sent = await in_status(server, owner, CampaignStatus.SENT)
            async with server.database.writer(int(sent["orgId"])) as session:
                row = (await session.scalars(select(Campaign).where(Campaign.id == sent["id"]))).one()
                row.finished_at = server.clock.now() - timedelta(hours=hours)
                row.name = f"{hours} ago"
        found = (await owner.ok("GET", "/outbox"))["campaigns"]
        assert [(entry["status"], entry["name"]) for entry in found] == [("SENT", "1 ago")]
