"""Sequences: editing the draft, and letting it run."""

from typing import Any

import pytest

from contract.delivery import DeliveryState
from contract.ids import new_document_id
from contract.sequence_settings import DEFAULT_SETTINGS
from contract.transitions import SEQUENCE_TRANSITIONS, SequenceStatus
from tests.backend.campaigns.test_deliveries import mail
from tests.backend.conftest import Member, Server, document


def step(hours: float = 0, **more: Any) -> dict[str, Any]:
    return {"delayHours": hours, "contentJson": document(), **more}


async def draft(member: Member, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return (await member.ok("POST", "/sequences", {"name": "Welcome", "steps": list(steps), **more}))[
        "sequence"
    ]


async def ready(member: Member) -> dict[str, Any]:
    segment = await member.ok("POST", "/segments", {"name": "S", "dslJson": {"all": []}})
    return await draft(member, step(0), step(24), segmentId=segment["segment"]["id"])


class TestDraft:
    async def test_steps_keep_order_and_ids(self, member: Member) -> None:
        made = await draft(member, step(0, id="one"), step(48.5))
        assert [s["delayHours"] for s in made["steps"]] == [0, 48.5]
        assert made["steps"][0]["id"] == "one"
        assert made["steps"][1]["id"]
        assert (made["status"], made["publishedRevision"], made["unpublishedChanges"]) == ("DRAFT", 0, False)
        assert (await member.ok("GET", f"/sequences/{made['id']}"))["sequence"] == made

    async def test_autosave_reorders(self, owner: Member) -> None:
        made = await draft(owner, step(0, id="one"), step(24, id="two"))
        body = {"updatedAt": made["updatedAt"], "steps": made["steps"][::-1]}
        saved = (await owner.ok("POST", f"/sequences/{made['id']}", body))["sequence"]
        assert [s["id"] for s in saved["steps"]] == ["two", "one"]
        problem = await owner.refused(409, "stale_write", "POST", f"/sequences/{made['id']}", body)
        assert problem["current"] == saved

    async def test_steps_have_a_route_and_share_the_version(self, owner: Member) -> None:
        made = await draft(owner, step(0))
        body = {"updatedAt": made["updatedAt"], "steps": [step(1), step(2)]}
        saved = (await owner.ok("PATCH", f"/sequences/{made['id']}/steps", body))["sequence"]
        assert len(saved["steps"]) == 2
        await owner.refused(
            409,
            "stale_write",
            "PATCH",
            f"/sequences/{made['id']}",
            {"updatedAt": made["updatedAt"], "name": "x"},
        )

    async def test_two_steps_with_one_id_and_places_of_faults(self, owner: Member) -> None:
        body: dict[str, Any] = {"name": "W", "steps": [step(0, id="one"), step(1, id="one")]}
        await owner.refused(400, "invalid", "POST", "/sequences", body)
        body["steps"] = [step(0), step(-1)]
        problem = await owner.refused(400, "invalid", "POST", "/sequences", body)
        assert [error["path"] for error in problem["errors"]] == ["steps.1.delayHours"]

    async def test_strangers_and_deleting(self, owner: Member, member: Member, stranger: Member) -> None:
        made = await draft(owner)
        path = f"/sequences/{made['id']}"
        for method, below, body in (
            ("GET", "", None),
            ("POST", "", {"updatedAt": made["updatedAt"]}),
            ("PATCH", "", {"name": "x"}),
            ("PATCH", "/steps", {"steps": []}),
            ("DELETE", "", None),
            ("GET", "/plan", None),
            ("GET", "/enrolments", None),
            ("POST", "/activate", {}),
            ("POST", "/pause", None),
            ("POST", "/resume", {}),
        ):
            await stranger.refused(404, "not_found", method, path + below, body)
        await member.refused(403, "forbidden", "DELETE", path)
        assert await owner.ok("DELETE", path) == {}

    async def test_list(self, owner: Member, server: Server, stranger: Member) -> None:
        for _ in range(3):
            await draft(owner)
            await server.clock.advance(1)
        page = await owner.ok("GET", "/sequences?limit=2&status=DRAFT&q=wel")
        rest = await owner.ok("GET", f"/sequences?limit=2&status=DRAFT&q=wel&cursor={page['nextCursor']}")
        assert (len(page["sequences"]), len(rest["sequences"]), rest["nextCursor"]) == (2, 1, None)
        assert (await stranger.ok("GET", "/sequences"))["sequences"] == []


class TestRun:
    async def test_publishing_and_unpublished_changes(self, owner: Member) -> None:
        made = await ready(owner)
        path = f"/sequences/{made['id']}"
        plan = await owner.ok("GET", f"{path}/plan")
        run = (await owner.ok("POST", f"{path}/activate", {"planHash": plan["planHash"]}))["sequence"]
        assert (run["status"], run["publishedRevision"], run["unpublishedChanges"]) == ("ACTIVE", 1, False)
        named = (await owner.ok("PATCH", path, {"name": "New"}))["sequence"]
        assert named["unpublishedChanges"] is False
        edited = (await owner.ok("PATCH", f"{path}/steps", {"steps": [step(0)]}))["sequence"]
        assert edited["unpublishedChanges"] is True
        again = (await owner.ok("POST", f"{path}/activate", {}))["sequence"]
        assert (again["publishedRevision"], again["unpublishedChanges"]) == (2, False)

    async def test_a_plan_that_moved(self, owner: Member, server: Server) -> None:
        made = await ready(owner)
        plan = await owner.ok("GET", f"/sequences/{made['id']}/plan")
        server.sequencing.plan_hash = "p2"
        body = {"planHash": plan["planHash"]}
        await owner.refused(409, "plan_drifted", "POST", f"/sequences/{made['id']}/activate", body)

    async def test_what_is_not_ready(self, owner: Member) -> None:
        made = await ready(owner)
        path = f"/sequences/{made['id']}"
        await owner.ok("PATCH", path, {"segmentId": None})
        await owner.refused(409, "segment_missing", "POST", f"{path}/activate", {})
        await owner.ok("PATCH", path, {"segmentId": new_document_id()})
        await owner.refused(409, "segment_missing", "POST", f"{path}/activate", {})
        await owner.ok("PATCH", path, {"segmentId": made["segmentId"]})
        steps = [step(0), {"delayHours": 1, "contentJson": document(subject="")}]
        await owner.ok("PATCH", f"{path}/steps", {"steps": steps})
        problem = await owner.refused(409, "not_ready", "POST", f"{path}/activate", {})
        assert {error["path"] for error in problem["errors"]} == {"steps.1.contentJson.subject"}
        await owner.ok("PATCH", f"{path}/steps", {"steps": []})
        await owner.refused(409, "not_ready", "POST", f"{path}/activate", {})

    async def test_members_may_stop_it_but_not_let_it_run(
        self, owner: Member, member: Member, server: Server
    ) -> None:
        made = await ready(owner)
        path = f"/sequences/{made['id']}"
        await member.refused(403, "forbidden", "POST", f"{path}/activate", {})
        await member.refused(403, "forbidden", "PATCH", path, {"status": "ACTIVE"})
        await owner.ok("POST", f"{path}/activate", {})
        await owner.refused(409, "locked", "DELETE", path)
        assert (await member.ok("POST", f"{path}/pause"))["sequence"]["status"] == "PAUSED"
        await member.refused(403, "forbidden", "POST", f"{path}/resume", {})
        await owner.refused(409, "bad_transition", "POST", f"{path}/activate", {})
        assert (await owner.ok("POST", f"{path}/resume", {}))["sequence"]["status"] == "ACTIVE"
        await owner.refused(409, "bad_transition", "POST", f"{path}/resume", {})
        assert server.sequencing.changed == [(made["id"], "PAUSED"), (made["id"], "ACTIVE")]
        assert (await owner.ok("GET", f"{path}/enrolments"))["enrolments"] == []

    @pytest.mark.parametrize("target", ["DRAFT", "PAUSED"])
    async def test_a_draft_moves_only_as_the_table_says(self, owner: Member, target: str) -> None:
        made = await ready(owner)
        answer = await owner.http.patch(f"/sequences/{made['id']}", json={"status": target})
        unchanged = target == "DRAFT"
        assert (answer.status_code == 200) is unchanged
        assert (SequenceStatus.DRAFT, SequenceStatus(target)) not in SEQUENCE_TRANSITIONS


OFFICE = {"days": ["mon", "tue"], "opens": "09:00", "closes": "17:00"}


class TestSettings:
    async def test_they_are_a_part_of_the_draft(self, owner: Member) -> None:
        made = await draft(owner, step(0), settings={"exitOnLeaving": True})
        path = f"/sequences/{made['id']}"
        assert made["settings"] == {**DEFAULT_SETTINGS, "exitOnLeaving": True}
        steps = (await owner.ok("PATCH", f"{path}/steps", {"steps": [step(1)]}))["sequence"]
        assert steps["settings"] == made["settings"], "steps alone leave them"
        body = {"updatedAt": steps["updatedAt"], "settings": {"sendWindow": OFFICE, "reenterAfterDays": 30}}
        saved = (await owner.ok("POST", path, body))["sequence"]
        assert saved["settings"] == {**DEFAULT_SETTINGS, "sendWindow": OFFICE, "reenterAfterDays": 30}
        assert saved["steps"] == steps["steps"]
        body = {"updatedAt": saved["updatedAt"], "settings": None, "name": "New"}
        assert (await owner.ok("POST", path, body))["sequence"]["settings"] == saved["settings"]

    @pytest.mark.parametrize(
        ("given", "path"),
        [
            ({"reenterAfterDays": 0}, "settings.reenterAfterDays"),
            ({"sendWindow": {**OFFICE, "days": []}}, "settings.sendWindow.days"),
            ({"sendWindow": {**OFFICE, "opens": "24:00"}}, "settings.sendWindow.opens"),
            ({"accountId": str(2**63)}, "settings.accountId"),
            ({"colour": "red"}, "settings.colour"),
        ],
    )
    async def test_a_fault_is_named_by_its_place(
        self, owner: Member, given: dict[str, Any], path: str
    ) -> None:
        body = {"name": "W", "steps": [], "settings": given}
        problem = await owner.refused(400, "invalid", "POST", "/sequences", body)
        assert [error["path"] for error in problem["errors"]] == [path]

    async def test_they_are_published_with_the_steps(self, owner: Member) -> None:
        made = await ready(owner)
        path = f"/sequences/{made['id']}"
        await owner.ok("POST", f"{path}/activate", {})
        edited = (await owner.ok("PATCH", path, {"settings": {"exitOnLeaving": True}}))["sequence"]
        assert edited["unpublishedChanges"] is True
        undone = (await owner.ok("PATCH", path, {"settings": {}}))["sequence"]
        assert undone["unpublishedChanges"] is False
        await owner.ok("PATCH", path, {"settings": {"exitOnLeaving": True}})
        assert (await owner.ok("POST", f"{path}/activate", {}))["sequence"]["unpublishedChanges"] is False

    async def test_a_goal_or_account_that_is_not_there_is_not_published(self, owner: Member) -> None:
        made = await ready(owner)
        path = f"/sequences/{made['id']}"
        await owner.ok("PATCH", path, {"settings": {"goalSegmentId": new_document_id()}})
        problem = await owner.refused(409, "segment_missing", "POST", f"{path}/activate", {})
        assert "goal" in problem["detail"]
        await owner.ok("PATCH", path, {"settings": {"accountId": "7"}})
        problem = await owner.refused(409, "not_ready", "POST", f"{path}/activate", {})
        assert [error["path"] for error in problem["errors"]] == ["settings.accountId"]

    async def test_a_goal_that_was_deleted_is_said_until_it_is_mended(self, owner: Member) -> None:
        made = await ready(owner)
        path = f"/sequences/{made['id']}"
        goal = (await owner.ok("POST", "/segments", {"name": "Buyers", "dslJson": {"all": []}}))["segment"]
        await owner.ok("PATCH", path, {"settings": {"goalSegmentId": goal["id"]}})
        assert (await owner.ok("POST", f"{path}/activate", {}))["sequence"]["held"] == ""
        await owner.ok("DELETE", f"/segments/{goal['id']}")
        [listed] = (await owner.ok("GET", "/sequences"))["sequences"]
        assert "goal was deleted" in listed["held"]
        await owner.ok("PATCH", path, {"settings": {}})
        assert "goal was deleted" in (await owner.ok("GET", path))["sequence"]["held"], "people still run it"
        assert (await owner.ok("POST", f"{path}/activate", {}))["sequence"]["held"] == ""

    async def test_its_segment_is_missed_only_where_it_is_asked(self, owner: Member) -> None:
        made = await ready(owner)
        path = f"/sequences/{made['id']}"
        await owner.ok("POST", f"{path}/activate", {})
        await owner.ok("DELETE", f"/segments/{made['segmentId']}")
        assert (await owner.ok("GET", path))["sequence"]["held"] == ""


class TestSimulate:
    async def test_members_may_play_and_strangers_see_nothing(self, member: Member, stranger: Member) -> None:
        made = await draft(member, step(0))
        path = f"/sequences/{made['id']}/simulate"
        play = await member.ok("POST", path, {"email": "ann@acme.example"})
        assert (play["draft"], play["ending"]) == (True, "finished")
        await stranger.refused(404, "not_found", "POST", path, {"email": "ann@acme.example"})
        await member.refused(400, "invalid", "POST", path, {"email": "a@b.example", "entersAt": "soon"})


class TestSendingAgain:
    async def test_by_whoever_may_let_it_run_and_it_is_noted(
        self, server: Server, owner: Member, member: Member, stranger: Member
    ) -> None:
        made = await ready(owner)
        path = f"/sequences/{made['id']}"
        await owner.refused(409, "bad_transition", "POST", f"{path}/resend", {})
        await owner.ok("POST", f"{path}/activate", {})
        server.delivery.rows = [
            mail(server, 1, DeliveryState.UNKNOWN),
            mail(server, 2, DeliveryState.BOUNCED),
        ]
        await member.refused(403, "forbidden", "POST", f"{path}/resend", {})
        await stranger.refused(404, "not_found", "POST", f"{path}/resend", {})
        assert await owner.ok("POST", f"{path}/resend", {"deliveryIds": ["1", "2"]}) == {"resent": 1}
        log = await owner.ok("GET", "/audit", params={"target": f"sequence/{made['id']}"})
        assert log["entries"][0]["action"] == "sequence sent again to 1 unknown"
