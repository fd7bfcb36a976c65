"""People in sequences, as sequences see them: the `Sequencing` port."""

import hashlib
import json
from collections.abc import Sequence as Many
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import Contact
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord, SequenceRevision
from backend.delivery.due_steps import ACTIVE, FINISHED
from backend.delivery.enrolling import published_steps
from backend.delivery.foreseeing import active_in, due_after, foresee, waiting_for
from backend.delivery.resuming import count_overdue, decide
from backend.delivery.sequence_steps import Steps, compare, landing, read_steps
from backend.delivery.simulating import Simulator
from backend.ports import Audience
from backend.sequence_rules import changed_settings, publish_rules
from contract.problems import PlanDriftedError
from contract.sequences import Enrolment, Plan, SequenceResume
from contract.simulation import Simulate, Simulation

STEP_DELETED = "the last steps were deleted"


class SequencingService:
    """Works in the caller's session; the worker moves the people."""

    def __init__(self, audience: Audience) -> None:
        self._audience = audience

    async def plan(self, session: AsyncSession, sequence: Sequence, now: datetime) -> Plan:
        old, new = await published_steps(session, sequence), read_steps(sequence.steps_json)
        difference = compare(old, new)
        numbers = {
            **await foresee(self._audience, session, sequence, (old, new), now),
            "steps_added": difference.added,
            "steps_removed": difference.removed,
            "steps_changed": difference.changed,
            "moved": difference.moved,
            "settings_changed": changed_settings(sequence),
        }
        return Plan(plan_hash=_plan_hash(sequence, numbers), **numbers)

    async def simulate(
        self, session: AsyncSession, sequence: Sequence, wanted: Simulate, now: datetime
    ) -> Simulation:
        return await Simulator(self._audience, session, sequence, now).run(wanted)

    async def activate(
        self, session: AsyncSession, sequence: Sequence, plan_hash: str | None, now: datetime
    ) -> None:
        plan = await self.plan(session, sequence, now)
        if plan_hash is not None and plan_hash != plan.plan_hash:
            raise PlanDriftedError
        old, new = await published_steps(session, sequence), read_steps(sequence.steps_json)
        sequence.published_revision += 1
        publish_rules(sequence)
        session.add(
            SequenceRevision(
                sequence_id=sequence.id,
                revision=sequence.published_revision,
                steps_json=sequence.steps_json,
                created_at=now,
            )
        )
        await session.flush()
        await self._migrate(session, sequence, old, new, now)

    async def _migrate(
        self, session: AsyncSession, sequence: Sequence, old: Steps, new: Steps, now: datetime
    ) -> None:
        """One statement for each step someone waits for, whoever and however many they are."""
        targets = {step_id: landing(old, new, step_id) for step_id in await waiting_for(session, sequence)}
        for step_id, target in targets.items():
            waiting = update(EnrolmentRecord).where(
                *active_in(sequence),
                EnrolmentRecord.step_id == step_id,
                EnrolmentRecord.revision < sequence.published_revision,  # not those who just landed on it
            )
            values: dict[str, Any] = {"revision": sequence.published_revision}
            if target is None:
                ended = {"exit_reason": STEP_DELETED, "entered_step_at": now, "next_run_at": None}
                values |= {"state": FINISHED} | ended
            else:
                values |= {"step_id": target.id, "next_run_at": due_after(target.delay)}
            await session.execute(waiting.values(**values), execution_options={"synchronize_session": False})

    async def overdue(self, session: AsyncSession, sequence: Sequence, now: datetime) -> int:
        return await count_overdue(session, sequence, now)

    async def resume(
        self, session: AsyncSession, sequence: Sequence, wanted: SequenceResume, now: datetime
    ) -> None:
        await decide(session, sequence, await published_steps(session, sequence), wanted, now)

    async def status_changed(self, session: AsyncSession, sequence: Sequence, now: datetime) -> None:
        """Nothing to do: each mail asks for the status again."""
        del session, sequence, now

    async def enrolments(
        self, session: AsyncSession, sequence: Sequence, before: int | None, limit: int
    ) -> list[tuple[int, Enrolment]]:
        query = (
            select(EnrolmentRecord, Contact.email)
            .outerjoin(Contact, Contact.id == EnrolmentRecord.contact_id)
            .where(EnrolmentRecord.sequence_id == sequence.id)
            .order_by(EnrolmentRecord.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(EnrolmentRecord.id < before)
        return [(row.id, _to_wire(row, email)) for row, email in await session.execute(query)]

    async def active(self, session: AsyncSession, sequence_ids: Many[str]) -> dict[str, int]:
        query = (
            select(EnrolmentRecord.sequence_id, func.count())
            .where(EnrolmentRecord.sequence_id.in_(sequence_ids), EnrolmentRecord.state == ACTIVE)
            .group_by(EnrolmentRecord.sequence_id)
        )
        return {row[0]: row[1] for row in await session.execute(query)}


def _to_wire(row: EnrolmentRecord, email: str | None) -> Enrolment:
    return Enrolment(
        contact_id=str(row.contact_id),
        email=email or "",
        state=row.state,
        step_id=row.step_id,
        next_run_at=row.next_run_at,
        entered_at=row.entered_at,
        exit_reason=row.exit_reason,
    )


def _plan_hash(sequence: Sequence, numbers: dict[str, Any]) -> str:
    """Pins what was looked at: the draft, whom it is for, and every number."""
    looked_at = [sequence.published_revision, sequence.segment_id, sequence.steps_json, numbers]
    text = json.dumps(looked_at, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
