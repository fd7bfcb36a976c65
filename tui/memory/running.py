"""Running sequences and the caught mails."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from contract.delivery import Delivery, DeliveryState, Progress
from contract.problems import MissingError, PlanDriftedError
from contract.reports import Course, Response, SequenceReport, StepCount
from contract.sequence_settings import KeptSettings
from contract.sequences import Enrolment, EnrolmentList, PauseSoFar, Plan, Sequence, Step
from contract.simulation import Ending, FutureMail, Simulation, Wait, WaitReason
from contract.transitions import SequenceStatus
from contract.wire import format_timestamp
from localstore.records import DocKind
from sync.errors import RefusedError
from tui.memory import response

if TYPE_CHECKING:
    from localstore.mailbox import CaughtMail
    from tui.memory.drafts import MemoryDrafts
    from tui.memory.hub import Hub
    from tui.memory.people import MemoryContacts

_WHY = {
    "unknown": "the connection was lost after the mail",
    "bounced": "550 5.1.1 no such mailbox",
    "skipped": "suppressed",
}


class MemorySequences:
    """Publishing enrols a third of everyone."""

    def __init__(self, hub: Hub, drafts: MemoryDrafts, contacts: MemoryContacts) -> None:
        self._hub, self._drafts, self._contacts = hub, drafts, contacts
        self.overdue = 0
        self.resumed: list[tuple[str, float]] = []
        self.played: list[tuple[str, datetime | None, bool | None]] = []
        self.foretold: dict[str, object] = {}
        self.planned: dict[str, object] = {}

    def _sequence(self, id: str) -> Sequence:
        draft = self._drafts.get(DocKind.SEQUENCE, id)
        assert draft is not None
        now = self._hub.clock.now()
        return Sequence(
            id=id,
            org_id="1",
            name=draft.content["name"],
            status=SequenceStatus(draft.facts.get("status", "DRAFT")),
            segment_id=draft.content.get("segmentId"),
            steps=[Step.model_validate(step) for step in draft.content["steps"]],
            settings=KeptSettings.model_validate(draft.content.get("settings") or {}),
            published_revision=draft.facts.get("publishedRevision", 0),
            unpublished_changes=draft.facts.get("unpublishedChanges", False),
            active_enrolments=draft.facts.get("activeEnrolments", 0),
            created_at=now,
            updated_at=format_timestamp(now),
        )

    async def plan(self, id: str) -> Plan:
        self._hub.reach_server()
        sequence = self._sequence(id)
        plan = Plan(
            plan_hash=f"plan-{len(sequence.steps)}",
            will_enrol=len(self._contacts.everyone) // 3,
            active=sequence.active_enrolments,
            due_now=12 if sequence.active_enrolments else 0,
            steps_added=0 if sequence.published_revision else len(sequence.steps),
            steps_removed=0,
            steps_changed=1 if sequence.unpublished_changes else 0,
            moved=False,
        )
        return plan.model_copy(update=self.planned)

    async def simulate(
        self, id: str, email: str, *, enters_at: datetime | None = None, draft: bool | None = None
    ) -> Simulation:
        """Every delay to the minute, in the zone of Lisbon; what else a server knows is in `foretold`."""
        self._hub.reach_server()
        self.played.append((email, enters_at, draft))
        if not any(contact.email == email for contact in self._contacts.everyone):
            raise RefusedError(MissingError("There is no contact with this address."))
        start = at = enters_at or self._hub.clock.now()
        mails = []
        for number, step in enumerate(self._sequence(id).steps, start=1):
            at += timedelta(hours=step.delay_hours)
            waits = [Wait(reason=WaitReason.DELAY, until=at)] if step.delay_hours else []
            local = at.astimezone(ZoneInfo("Europe/Lisbon")).isoformat()
            subject = str(step.content_json.get("subject", ""))
            about = {"step_id": step.id, "number": number, "subject": subject}
            mails.append(FutureMail(**about, at=at, local_at=local, waits=waits))
        play = Simulation(
            email=email,
            time_zone="Europe/Lisbon",
            draft=draft is not False,
            continues=False,
            entered_at=start,
            mails=mails,
            ending=Ending.FINISHED,
            ends_at=at,
        )
        return play.model_copy(update=self.foretold)

    async def activate(self, id: str, plan_hash: str) -> Sequence:
        plan = await self.plan(id)
        if plan.plan_hash != plan_hash:
            raise RefusedError(PlanDriftedError())
        revision = self._sequence(id).published_revision + 1
        self._drafts.set_facts(
            DocKind.SEQUENCE,
            id,
            status="ACTIVE",
            publishedRevision=revision,
            unpublishedChanges=False,
            activeEnrolments=plan.active + plan.will_enrol,
        )
        return self._sequence(id)

    async def pause(self, id: str) -> Sequence:
        self._hub.reach_server()
        self._drafts.set_facts(DocKind.SEQUENCE, id, status="PAUSED")
        return self._sequence(id)

    async def paused(self, id: str) -> PauseSoFar:
        del id
        self._hub.reach_server()
        return PauseSoFar(paused_at=self._hub.clock.now(), overdue=self.overdue)

    async def resume(self, id: str, overdue: str, hours: float = 24.0) -> Sequence:
        self._hub.reach_server()
        self.resumed.append((overdue, hours))
        self._drafts.set_facts(DocKind.SEQUENCE, id, status="ACTIVE")
        return self._sequence(id)

    async def enrolments(self, id: str, cursor: str | None) -> EnrolmentList:
        self._hub.reach_server()
        sequence = self._sequence(id)
        now, start = self._hub.clock.now(), int(cursor or 0)
        count = min(sequence.active_enrolments, len(self._contacts.everyone))
        made = [
            Enrolment(
                contact_id=contact.id,
                email=contact.email,
                state="active",
                step_id=sequence.steps[n % len(sequence.steps)].id if sequence.steps else None,
                next_run_at=now + timedelta(hours=n % 72),
                entered_at=now - timedelta(hours=n),
            )
            for n, contact in enumerate(self._contacts.everyone[:count])
        ]
        after = str(start + 100) if start + 100 < count else None
        return EnrolmentList(enrolments=made[start : start + 100], next_cursor=after)

    async def report(self, id: str) -> SequenceReport:
        self._hub.reach_server()
        progress, steps = self.progress(id), self._steps(id)
        active = self._sequence(id).active_enrolments
        reasons = {reason: n for state, reason in _WHY.items() if (n := getattr(progress, state))}
        if not progress.total:
            return SequenceReport(progress=progress, people=response.people(active))
        seen = Response(
            **{name: sum(getattr(step, name) for step in steps) for name in Response.model_fields}
        )
        began = self._hub.clock.now() - timedelta(days=60)
        days = [sum(step.sent for step in steps) // 60] * 60
        course = response.course(began, days, seen, progress.bounced)
        points = [
            point.model_copy(update={"at": began + timedelta(days=n)})
            for n, point in enumerate(course.points)
        ]
        return SequenceReport(
            progress=progress,
            reasons=reasons,
            started_at=began,
            tracks_opens=True,
            tracks_clicks=True,
            response=seen,
            course=Course(step_seconds=24 * 3600, points=points[:60]),
            links=response.links(seen),
            providers=response.providers(seen),
            people=response.people(active),
            steps=steps,
        )

    def _steps(self, id: str) -> list[StepCount]:
        sequence = self._sequence(id)
        subjects = [(step.id, str(step.content_json.get("subject"))) for step in sequence.steps]
        active = sequence.active_enrolments
        return response.steps(subjects, active * 4, active) if active else []

    def progress(self, id: str) -> Progress:
        """All steps together."""
        steps = self._steps(id)
        states = {name: sum(getattr(step, name) for step in steps) for name in ("accepted", *_WHY)}
        return Progress(total=sum(states.values()), **states)

    def mails(self, id: str) -> list[Delivery]:
        """Each by name: step after step, first those that did not arrive."""
        found: list[Delivery] = []
        for step in self._steps(id):
            states = [state for state in _WHY for _ in range(getattr(step, state))]
            states += ["accepted"] * step.accepted
            for n, state in enumerate(states):
                contact = self._contacts.everyone[n % len(self._contacts.everyone)]
                found.append(
                    Delivery(
                        id=str(len(found) + 1),
                        contact_id=contact.id,
                        email=contact.email,
                        name=contact.name,
                        state=DeliveryState(state),
                        reason=_WHY.get(state, ""),
                        attempts=1,
                        updated_at=self._hub.clock.now(),
                        step_id=step.step_id,
                    )
                )
        return found


class MemoryMailbox:
    """Mails somebody put here."""

    def __init__(self, mails: list[CaughtMail], *, present: bool = True) -> None:
        self.mails = mails
        self._present = present

    @property
    def present(self) -> bool:
        return self._present

    async def list(self, limit: int = 200) -> list[CaughtMail]:
        return self.mails[:limit]

    async def count(self) -> int:
        return len(self.mails)
