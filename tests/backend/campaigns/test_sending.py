"""Scheduling, sending, pausing: who may, when, and what stands against it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from backend.db.models.campaign import Campaign
from backend.db.models.org import Org
from contract.delivery import Delivery, DeliveryState
from contract.ids import new_document_id
from contract.transitions import CAMPAIGN_TRANSITIONS, CampaignAction, CampaignStatus
from contract.wire import format_timestamp
from tests.backend.conftest import Member, Server, document


async def segment(member: Member) -> str:
    return (await member.ok("POST", "/segments", {"name": "All", "dslJson": {"all": []}}))["segment"]["id"]


async def ready(member: Member, **more: Any) -> dict[str, Any]:
    body = {"name": "A", "contentJson": document(), "segmentId": await segment(member), **more}
    return (await member.ok("POST", "/campaigns", body))["campaign"]


async def in_status(server: Server, member: Member, status: CampaignStatus, **more: Any) -> dict[str, Any]:
    made = await ready(member, **more)
    async with server.database.writer(int(made["orgId"])) as session:
        change = update(Campaign).where(Campaign.id == made["id"])
        send_at = server.clock.now() + timedelta(hours=1)
        await session.execute(change.values(status=status.value, send_at=send_at))
    return (await member.ok("GET", f"/campaigns/{made['id']}"))["campaign"]


class TestSend:
    async def test_now_is_a_schedule_after_the_countdown(self, owner: Member, server: Server) -> None:
        made = await ready(owner)
        body = {"updatedAt": made["updatedAt"], "undoSeconds": 10}
        sent = (await owner.ok("POST", f"/campaigns/{made['id']}/send", body))["campaign"]
        due = server.clock.now() + timedelta(seconds=10)
        assert (sent["status"], sent["sendAt"]) == ("SCHEDULED", format_timestamp(due))
        assert server.delivery.woken == 1

    async def test_later(self, owner: Member) -> None:
        made = await ready(owner)
        body = {"sendAt": "2026-03-05T10:00:00Z"}
        sent = (await owner.ok("POST", f"/campaigns/{made['id']}/send", body))["campaign"]
        assert (sent["status"], sent["sendAt"]) == ("SCHEDULED", "2026-03-05T10:00:00.000000Z")

    async def test_a_moment_that_passed(self, owner: Member) -> None:
        made = await ready(owner)
        body = {"sendAt": "2026-03-01T10:00:00Z"}
        problem = await owner.refused(400, "invalid", "POST", f"/campaigns/{made['id']}/send", body)
        assert problem["errors"][0]["path"] == "sendAt"

    async def test_not_what_was_not_previewed(self, owner: Member) -> None:
        made = await ready(owner)
        await owner.ok("PATCH", f"/campaigns/{made['id']}", {"name": "Edited"})
        body = {"updatedAt": made["updatedAt"]}
        problem = await owner.refused(409, "stale_write", "POST", f"/campaigns/{made['id']}/send", body)
        assert problem["current"]["name"] == "Edited"

    async def test_without_a_segment_nobody_is_mailed(self, owner: Member) -> None:
        made = await ready(owner, segmentId=None)
        await owner.refused(409, "segment_missing", "POST", f"/campaigns/{made['id']}/send", {})

    async def test_with_a_deleted_segment_nobody_is_mailed(self, owner: Member) -> None:
        made = await ready(owner)
        await owner.ok("DELETE", f"/segments/{made['segmentId']}")
        await owner.refused(409, "segment_missing", "POST", f"/campaigns/{made['id']}/send", {})

    async def test_with_another_organisations_segment_nobody_is_mailed(
        self, owner: Member, stranger: Member
    ) -> None:
        made = await ready(owner, segmentId=await segment(stranger))
        await owner.refused(409, "segment_missing", "POST", f"/campaigns/{made['id']}/send", {})

    async def test_a_mail_that_only_its_tracked_links_make_too_large_is_refused(
        self, server: Server, owner: Member
    ) -> None:
        content, links = document(), " ".join(f"[tea](https://a.example/{n})" for n in range(60))
        content["blocks"] += [{"id": f"t{n}", "type": "text", "text": links} for n in range(10)]
        made = await ready(owner, contentJson=content)
        server.delivery.public_url = "https://letters.example"
        await owner.ok("PATCH", "/org", {"trackClicks": True})
        problem = await owner.refused(409, "not_ready", "POST", f"/campaigns/{made['id']}/send", {})
        assert "with what is tracked; Gmail cuts it" in problem["detail"]
        await owner.ok("PATCH", "/org", {"trackClicks": False})
        await owner.ok("POST", f"/campaigns/{made['id']}/send", {})

    async def test_unfinished_content_is_listed(self, owner: Member) -> None:
        content = document(subject="")
        content["blocks"].insert(1, {"id": "b2", "type": "button", "label": "Go", "href": ""})
        made = await ready(owner, contentJson=content)
        problem = await owner.refused(409, "not_ready", "POST", f"/campaigns/{made['id']}/send", {})
        assert {"contentJson.subject", "contentJson.blocks.1.href"} <= {
            error["path"] for error in problem["errors"]
        }
        assert (await owner.ok("GET", f"/campaigns/{made['id']}"))["campaign"] == made

    async def test_the_audience_that_was_reviewed(self, owner: Member) -> None:
        made = await ready(owner)
        path = f"/campaigns/{made['id']}/send"
        await owner.refused(409, "audience_drifted", "POST", path, {"audienceHash": "old"})
        await owner.ok("POST", path, {"audienceHash": "h1"})

    async def test_members_only_where_the_organisation_lets_them(
        self, owner: Member, member: Member, server: Server
    ) -> None:
        made = await ready(owner)
        path = f"/campaigns/{made['id']}"
        assert (await member.ok("POST", f"{path}/send", {}))["campaign"]["status"] == "SCHEDULED"
        await owner.ok("PATCH", path, {"status": "DRAFT"})
        async with server.database.system_writer() as session:
            org = Org.id == int(owner.session.org.id)
            await session.execute(update(Org).where(org).values(members_may_send=False))
        await member.refused(403, "forbidden", "POST", f"{path}/send", {})
        body = {"status": "SCHEDULED", "sendAt": "2026-03-05T10:00:00Z"}
        await member.refused(403, "forbidden", "PATCH", path, body)
        await owner.ok("POST", f"{path}/send", {})
        await member.refused(403, "forbidden", "POST", f"{path}/cancel")
        await member.refused(403, "forbidden", "PATCH", path, {"sendAt": "2026-03-06T10:00:00Z"})
        assert (await member.ok("POST", f"{path}/pause"))["campaign"]["status"] == "PAUSED"

    async def test_strangers_cannot(self, owner: Member, stranger: Member) -> None:
        made = await ready(owner)
        for action in ("send", "pause", "resume", "cancel"):
            body = {} if action == "send" else None
            await stranger.refused(404, "not_found", "POST", f"/campaigns/{made['id']}/{action}", body)
        for view in ("audience", "report", "deliveries"):
            await stranger.refused(404, "not_found", "GET", f"/campaigns/{made['id']}/{view}")
        body = {"to": ["a@b.example"]}
        await stranger.refused(404, "not_found", "POST", f"/campaigns/{made['id']}/test", body)


PEOPLES = {
    "pause": CampaignAction.PAUSE,
    "resume": CampaignAction.RESUME,
    "cancel": CampaignAction.CANCEL,
    "send": CampaignAction.SCHEDULE,
}


@pytest.mark.parametrize("status", list(CampaignStatus))
@pytest.mark.parametrize("route", list(PEOPLES))
async def test_every_transition_is_the_tables(
    owner: Member, server: Server, status: CampaignStatus, route: str
) -> None:
    made = await in_status(server, owner, status)
    target = CAMPAIGN_TRANSITIONS.get((status, PEOPLES[route]))
    path, body = f"/campaigns/{made['id']}/{route}", {} if route == "send" else None
    if target is None:
        await owner.refused(409, "bad_transition", "POST", path, body)
        return
    assert (await owner.ok("POST", path, body))["campaign"]["status"] == target.value
    if route != "send":
        assert server.delivery.changed == [(made["id"], target.value)]


class TestLocks:
    @pytest.mark.parametrize("status", ["SCHEDULED", "SENDING", "SENT", "CANCELLED"])
    async def test_content_is_locked(self, owner: Member, server: Server, status: str) -> None:
        made = await in_status(server, owner, CampaignStatus(status))
        body = {"updatedAt": made["updatedAt"], "contentJson": document("Other")}
        await owner.refused(409, "locked", "POST", f"/campaigns/{made['id']}", body)

    async def test_saving_the_same_content_is_harmless(self, owner: Member, server: Server) -> None:
        made = await in_status(server, owner, CampaignStatus.SCHEDULED)
        body = {name: made[name] for name in ("updatedAt", "name", "contentJson", "segmentId", "sendAt")}
        assert (await owner.ok("POST", f"/campaigns/{made['id']}", body))["campaign"] == made

    async def test_a_paused_campaign_may_be_corrected_but_keeps_its_audience(
        self, owner: Member, server: Server
    ) -> None:
        made = await in_status(server, owner, CampaignStatus.PAUSED)
        body = {"updatedAt": made["updatedAt"], "contentJson": document("Corrected")}
        saved = (await owner.ok("POST", f"/campaigns/{made['id']}", body))["campaign"]
        assert saved["contentJson"]["subject"] == "Corrected"
        body = {"updatedAt": saved["updatedAt"], "segmentId": new_document_id()}
        await owner.refused(409, "locked", "POST", f"/campaigns/{made['id']}", body)

    async def test_a_scheduled_campaign_takes_a_new_time_or_goes_back(
        self, owner: Member, server: Server
    ) -> None:
        made = await in_status(server, owner, CampaignStatus.SCHEDULED)
        path = f"/campaigns/{made['id']}"
        moved = await owner.ok("PATCH", path, {"sendAt": "2026-04-01T10:00:00Z"})
        assert moved["campaign"]["sendAt"] == "2026-04-01T10:00:00.000000Z"
        await owner.refused(400, "invalid", "PATCH", path, {"sendAt": None})
        await owner.refused(409, "segment_missing", "PATCH", path, {"segmentId": new_document_id()})
        back = (await owner.ok("PATCH", path, {"status": "DRAFT"}))["campaign"]
        assert (back["status"], back["sendAt"]) == ("DRAFT", None)

    async def test_a_patch_schedules_under_the_same_checks(self, owner: Member) -> None:
        made = await ready(owner, contentJson=document(subject=""))
        body = {"status": "SCHEDULED", "sendAt": "2026-04-01T10:00:00Z"}
        await owner.refused(409, "not_ready", "PATCH", f"/campaigns/{made['id']}", body)
        body["contentJson"] = document("Now with a subject")
        saved = (await owner.ok("PATCH", f"/campaigns/{made['id']}", body))["campaign"]
        assert (saved["status"], saved["sendAt"]) == ("SCHEDULED", "2026-04-01T10:00:00.000000Z")

    async def test_nobody_declares_a_campaign_sent(self, owner: Member) -> None:
        made = await ready(owner)
        for status in ("SENT", "SENDING"):
            await owner.refused(
                409, "bad_transition", "PATCH", f"/campaigns/{made['id']}", {"status": status}
            )

    async def test_it_is_not_deleted_while_it_is_sent(self, owner: Member, server: Server) -> None:
        made = await in_status(server, owner, CampaignStatus.SENDING)
        await owner.refused(409, "locked", "DELETE", f"/campaigns/{made['id']}")


class TestLooking:
    async def test_audience_and_report(self, owner: Member) -> None:
        made = await ready(owner)
        assert (await owner.ok("GET", f"/campaigns/{made['id']}/audience"))["willSend"] == 2
        assert (await owner.ok("GET", f"/campaigns/{made['id']}/report"))["report"]["progress"]["total"] == 0

    async def test_a_test_mail_goes_to_the_named_addresses(self, member: Member, server: Server) -> None:
        made = await ready(member)
        body = {"to": ["me@acme.example"]}
        answer = await member.ok("POST", f"/campaigns/{made['id']}/test", body)
        assert answer == {"accepted": ["me@acme.example"]}
        assert server.delivery.tested == ["me@acme.example"]

    async def test_deliveries_by_page_and_state(self, owner: Member, server: Server) -> None:
        made = await ready(owner)
        now = datetime(2026, 3, 2, tzinfo=UTC)
        server.delivery.rows = [
            Delivery(
                id=str(i),
                contact_id=str(i),
                email=f"a{i}@x.example",
                state=DeliveryState.BOUNCED if i % 2 else DeliveryState.ACCEPTED,
                attempts=1,
                updated_at=now,
            )
            for i in range(1, 6)
        ]
        path = f"/campaigns/{made['id']}/deliveries"
        first = await owner.ok("GET", f"{path}?limit=2")
        assert ([d["id"] for d in first["deliveries"]], first["nextCursor"]) == (["1", "2"], "2")
        rest = await owner.ok("GET", f"{path}?cursor=2")
        assert ([d["id"] for d in rest["deliveries"]], rest["nextCursor"]) == (["3", "4", "5"], None)
        bounced = await owner.ok("GET", f"{path}?state=bounced")
        assert [d["id"] for d in bounced["deliveries"]] == ["1", "3", "5"]
        await owner.refused(400, "invalid", "GET", f"{path}?cursor=x")
