"""What screens ask of the server, over the one signed-in connection.

Errors of the wire become sentences at this boundary. Anything that changes something on the server
carries a key, and an unknown outcome is asked again with the same key before anyone is told.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError

from contract.campaigns import Approval, ApprovalAnswer, Campaign, CampaignAnswer, TestAnswer
from contract.contacts import Contact, ContactAnswer, ContactList, FieldDefinition, FieldList
from contract.delivery import Funnel
from contract.ids import new_document_id
from contract.preflight import PreflightPage
from contract.problems import ProblemError, UnauthenticatedError
from contract.reports import CampaignReport, CampaignReportAnswer, SequenceReport, SequenceReportAnswer
from contract.segments import Explanation, LackingAnswer, PreviewAnswer, SegmentDetail
from contract.sequences import EnrolmentList, PauseSoFar, Plan, Sequence, SequenceAnswer
from contract.simulation import Simulation
from contract.wire import format_timestamp
from localstore.answers import Answers
from localstore.records import DocKind
from localstore.rows import DocRow
from sync.drafts import SyncStatus
from sync.errors import OfflineError, RefusedError, ServiceError, SignedOutError
from sync.members import MemberDecisions
from sync.wire_errors import NotSentError, TransportError, UnknownOutcomeError
from sync.workspace import Workspace

_TRIES = 3
_CHANGED_SINCE = "The mail changed since you reviewed it. Look at it again (R) before it goes out."
Json = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)


@asynccontextmanager
async def in_words() -> AsyncIterator[None]:
    """Turn what the wire raises into what a screen shows."""
    try:
        yield
    except NotSentError as error:
        raise OfflineError from error
    except UnknownOutcomeError as error:
        message = "The server did not answer. Nothing more is known; look before you try again."
        raise OfflineError(message) from error
    except UnauthenticatedError as error:
        raise SignedOutError from error
    except ProblemError as error:
        raise RefusedError(error) from error


class Remote:
    """What the services over the connection have in common."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def asked(self, model: type[Model], path: str, **params: Any) -> tuple[Model, bool]:
        """What a GET answers, and whether that is remembered because the server is away."""
        given = {name: value for name, value in params.items() if value is not None}
        answers, whole = Answers(await self._workspace.store()), f"{path}?{urlencode(given)}"
        try:
            found = await self._workspace.api().get(model, path, **given)
        except (OfflineError, TransportError):
            kept = await answers.get(whole)
            with suppress(ValidationError):  # remembered by another version of this program
                if kept is not None:
                    return model.model_validate(kept), True
            raise
        with suppress(DBAPIError):  # a disk that is full keeps nobody from reading
            await answers.put(whole, found.model_dump(mode="json", by_alias=True))
        return found, False

    async def act_once(self, method: str, path: str, body: Json | None = None) -> Json:
        """One change on the server, asked again with the same key while its outcome is unknown."""
        key = new_document_id()
        for attempt in range(_TRIES):
            try:
                api = self._workspace.api()
                return (await api.call(method, path, body=body or {}, key=key)).body
            except UnknownOutcomeError:
                if attempt + 1 == _TRIES:
                    raise
                await self._workspace.clock.sleep(1.0)
            finally:
                self._workspace.hurry()
        raise AssertionError


class RemoteContacts(Remote):
    """`tui.services.Contacts`."""

    remembered = False
    _fields: list[FieldDefinition] | None = None

    async def page(self, offset: int, limit: int, query: str = "") -> ContactList:
        async with in_words():
            found, self.remembered = await self.asked(
                ContactList, "/api/contacts", offset=offset, limit=limit, q=query or None
            )
            return found

    async def get(self, id: str) -> Contact:
        async with in_words():
            found, _ = await self.asked(ContactAnswer, f"/api/contacts/{id}")
            return found.contact

    async def create(self, email: str, name: str) -> Contact:
        async with in_words():
            body = await self.act_once("POST", "/api/contacts", {"email": email, "name": name or None})
            return ContactAnswer.model_validate(body).contact

    async def fields(self) -> list[FieldDefinition]:
        async with in_words():
            if self._fields is None:
                found, remembered = await self.asked(FieldList, "/api/fields")
                if remembered:
                    return found.fields
                self._fields = found.fields
            return self._fields


class RemoteAudience(Remote):
    """`tui.services.Audience`."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._decisions = MemberDecisions(workspace)

    async def preview(self, text: str, segment_id: str | None = None) -> PreviewAnswer:
        body = {"text": text} | ({"segmentId": segment_id} if segment_id else {})
        async with in_words():
            answer = await self._workspace.api().post(PreviewAnswer, "/api/segments/preview", body)
            self._decisions.seen.put(answer.sample)
            return answer

    async def members(self, segment_id: str, offset: int, limit: int) -> ContactList:
        async with in_words():
            path = f"/api/segments/{segment_id}"
            found, _ = await self.asked(SegmentDetail, path, offset=offset, limit=limit)
            page = ContactList(
                contacts=found.members, next_cursor=found.next_cursor, total=found.member_count, offset=offset
            )
            self._decisions.seen.put(page.contacts)
            return page

    async def lacking(self, segment_id: str, fields: list[str]) -> dict[str, float]:
        path, named = f"/api/segments/{segment_id}/lacking", ",".join(fields)
        async with in_words():
            found = await self._workspace.api().get(LackingAnswer, path, fields=named)
        return {field: count / max(1, found.member_count) for field, count in found.lacking.items()}

    async def add(self, segment_id: str, emails: list[str]) -> int:
        async with in_words():
            return await self._decisions.include(segment_id, emails)

    async def remove(self, segment_id: str, contact_ids: list[str]) -> int:
        async with in_words():
            return await self._decisions.exclude(segment_id, contact_ids)

    async def explain(self, text: str, contact_id: str, segment_id: str | None = None) -> Explanation:
        async with in_words():
            preview = await self.preview(text, segment_id)
            body = {"dslJson": preview.model_dump(mode="json", by_alias=True)["dslJson"]}
            body |= {"contactId": contact_id} | ({"segmentId": segment_id} if segment_id else {})
            return await self._workspace.api().post(Explanation, "/api/segments/explain", body)


def _reviewed(row: DocRow | None) -> Json:
    """What the server has of it, but for its time: a send that was taken back changed nothing else."""
    content = (row.base if row is not None else None) or {}
    return {name: value for name, value in content.items() if name != "sendAt"}


class RemoteSending(Remote):
    """`tui.sending_services.Sending`. Sending is pinned to the content that was synced, and never queued."""

    def __init__(self, workspace: Workspace, status: SyncStatus) -> None:
        super().__init__(workspace)
        self._status = status
        self._looked_at: dict[str, Json] = {}

    async def funnel(self, id: str) -> Funnel:
        await self._status.wait_mailable(DocKind.CAMPAIGN, id)
        self._looked_at[id] = _reviewed(await self._row(id))
        async with in_words():
            return await self._workspace.api().get(Funnel, f"/api/campaigns/{id}/audience")

    async def preflight(self, id: str, cursor: str | None) -> PreflightPage:
        async with in_words():
            path = f"/api/campaigns/{id}/preflight"
            return await self._workspace.api().get(PreflightPage, path, cursor=cursor)

    async def _row(self, id: str) -> DocRow | None:
        return await (await self._workspace.store()).row(DocKind.CAMPAIGN, id)

    async def _version(self, id: str) -> str | None:
        row = await self._row(id)
        return row.base_rev if row is not None else None

    async def send(
        self,
        id: str,
        *,
        at: datetime | None,
        undo_seconds: int,
        audience_hash: str | None,
        in_each_zone: bool = False,
    ) -> Campaign:
        await self._status.wait_mailable(DocKind.CAMPAIGN, id)
        row = await self._row(id)
        if self._looked_at.get(id, _reviewed(row)) != _reviewed(row):
            raise ServiceError(_CHANGED_SINCE)
        body: Json = {"updatedAt": row.base_rev if row is not None else None, "undoSeconds": undo_seconds}
        if at is not None:
            body["sendAt"] = format_timestamp(at)
            if in_each_zone:
                body["localTime"] = at.replace(tzinfo=None).isoformat()
        if audience_hash is not None:
            body["audienceHash"] = audience_hash
        return await self._campaign(f"/api/campaigns/{id}/send", body)

    async def act(self, id: str, action: str) -> Campaign:
        if action == "unschedule":
            async with in_words():
                body = await self.act_once("PATCH", f"/api/campaigns/{id}", {"status": "DRAFT"})
                return CampaignAnswer.model_validate(body).campaign
        if action == "resume":  # the rest get what was corrected while it was paused
            await self._status.wait_synced(DocKind.CAMPAIGN, id)
        return await self._campaign(f"/api/campaigns/{id}/{action}", {})

    async def _campaign(self, path: str, body: Json) -> Campaign:
        async with in_words():
            return CampaignAnswer.model_validate(await self.act_once("POST", path, body)).campaign

    async def test(self, id: str, to: list[str], contact_id: str | None = None) -> list[str]:
        await self._status.wait_synced(DocKind.CAMPAIGN, id)
        async with in_words():
            asked: Json = {"to": to, "contactId": contact_id}
            body = await self.act_once("POST", f"/api/campaigns/{id}/test", asked)
            return TestAnswer.model_validate(body).accepted

    async def approval(self, id: str) -> Approval:
        async with in_words():
            found = await self._workspace.api().get(ApprovalAnswer, f"/api/campaigns/{id}/approval")
        return found.approval

    async def approve(self, id: str, audience_hash: str) -> Approval:
        async with in_words():
            body = {"updatedAt": await self._version(id), "audienceHash": audience_hash}
            reply = await self.act_once("POST", f"/api/campaigns/{id}/approve", body)
        return ApprovalAnswer.model_validate(reply).approval

    async def report(self, id: str) -> CampaignReport:
        async with in_words():
            path = f"/api/campaigns/{id}/report"
            return (await self._workspace.api().get(CampaignReportAnswer, path)).report


class RemoteSequences(Remote):
    """`tui.sending_services.Sequences`."""

    def __init__(self, workspace: Workspace, status: SyncStatus) -> None:
        super().__init__(workspace)
        self._status = status

    async def plan(self, id: str) -> Plan:
        await self._status.wait_mailable(DocKind.SEQUENCE, id)
        async with in_words():
            return await self._workspace.api().get(Plan, f"/api/sequences/{id}/plan")

    async def simulate(
        self, id: str, email: str, *, enters_at: datetime | None = None, draft: bool | None = None
    ) -> Simulation:
        await self._status.wait_synced(DocKind.SEQUENCE, id)
        at = format_timestamp(enters_at) if enters_at is not None else None
        body: Json = {"email": email, "entersAt": at, "draft": draft}
        async with in_words():
            return await self._workspace.api().post(Simulation, f"/api/sequences/{id}/simulate", body)

    async def activate(self, id: str, plan_hash: str) -> Sequence:
        await self._status.wait_mailable(DocKind.SEQUENCE, id)
        return await self._sequence("POST", f"/api/sequences/{id}/activate", {"planHash": plan_hash})

    async def pause(self, id: str) -> Sequence:
        return await self._sequence("POST", f"/api/sequences/{id}/pause", {})

    async def paused(self, id: str) -> PauseSoFar:
        async with in_words():
            return await self._workspace.api().get(PauseSoFar, f"/api/sequences/{id}/pause")

    async def resume(self, id: str, overdue: str, hours: float = 24.0) -> Sequence:
        wanted: Json = {"overdue": overdue, "hours": hours}
        return await self._sequence("POST", f"/api/sequences/{id}/resume", wanted)

    async def _sequence(self, method: str, path: str, body: Json) -> Sequence:
        async with in_words():
            return SequenceAnswer.model_validate(await self.act_once(method, path, body)).sequence

    async def enrolments(self, id: str, cursor: str | None) -> EnrolmentList:
        async with in_words():
            return await self._workspace.api().get(
                EnrolmentList, f"/api/sequences/{id}/enrolments", cursor=cursor
            )

    async def report(self, id: str) -> SequenceReport:
        async with in_words():
            path = f"/api/sequences/{id}/report"
            return (await self._workspace.api().get(SequenceReportAnswer, path)).report
