"""The time machine's readings: where one contact stands, and what was looked up for each moment it plays.

It works in a session that reads. The rules are those of due_steps.py, the way is time_machine.py's.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.epoch import micros, moment
from backend.db.models.contact import Contact, ContactAttrs
from backend.db.models.delivery import DeliveryRecord
from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import EnrolmentRecord
from backend.delivery.audience import suppressed_among
from backend.delivery.due_steps import ACTIVE, Known, Person
from backend.delivery.enrolling import newcomers, published_steps
from backend.delivery.frequency import COUNTED, frequency_cap
from backend.delivery.memberships import find_memberships
from backend.delivery.sequence_steps import Step, landing, read_steps
from backend.delivery.time_machine import Played, PlayedMail, play
from backend.local_times import known_zone
from backend.organisation_zone import organisation_zone
from backend.ports import Audience
from backend.sequence_rules import Rules, draft_rules, published_rules
from backend.suppressing import mail_address
from contract.blocks import NewerDocumentError, load_document
from contract.contact_values import contact_values
from contract.contacts import ContactStatus
from contract.delivery import DeliveryState
from contract.problems import InvalidError, MissingError, NotReadyError, SegmentMissingError
from contract.simulation import FutureMail, Simulate, Simulation
from contract.transitions import SequenceStatus
from render_preview.parts import preview_parts

FARTHEST = timedelta(days=3_660)
_WAITING = (DeliveryState.PENDING.value, DeliveryState.SOFT.value)


class Simulator:
    """For one sequence at one moment."""

    def __init__(self, audience: Audience, session: AsyncSession, sequence: Sequence, now: datetime) -> None:
        self._audience = audience
        self._session = session
        self._sequence = sequence
        self._now = now
        self._steps: list[Step] = []
        self._rules: Rules = draft_rules(sequence)

    async def run(self, wanted: Simulate) -> Simulation:
        """Raises `MissingError` for an unknown address, `NotReadyError` where there is nothing to play.

        `InvalidError` for a moment that no calendar has to know.
        """
        if wanted.enters_at is not None and abs(wanted.enters_at - self._now) > FARTHEST:
            raise InvalidError.at("entersAt", "this is more than ten years away")
        draft = await self._choose(wanted.draft)
        contact = await self._contact(wanted.email)
        person = await self._stands(contact, draft=draft) if wanted.enters_at is None else None
        continues = person is not None
        start = wanted.enters_at or self._now
        if person is None:
            first = self._steps[0]
            person = _standing(contact, 0, first.id, start, start + first.delay)
        waiting = await self._on_their_way(contact, person) if continues else []
        cap = await self._session.run_sync(frequency_cap, contact.org_id)
        had = await self._had(contact, start - cap.window) if cap else []
        zone = contact.time_zone or await organisation_zone(self._session, contact.org_id)
        person = person._replace(time_zone=zone)
        played = await play(person, self._look_up, start, cap=cap, had=had, waiting=waiting)
        clock = zone if zone and known_zone(zone) else "UTC"
        return Simulation(
            email=contact.email,
            time_zone=clock,
            organisations_zone=clock == zone and not contact.time_zone,
            draft=draft,
            continues=continues,
            entered_at=moment(person.entered_step_at),
            mails=await self._present(contact, played, known_zone(clock) or UTC),
            ending=played.ending,
            ends_at=played.ends_at,
            end_reason=played.reason,
            notes=[*await self._notes(contact, start, continues=continues), *_taken_back(played)],
        )

    async def _choose(self, wanted: bool | None) -> bool:
        row = self._sequence
        draft = row.published_revision == 0 if wanted is None else wanted
        if not draft and row.published_revision == 0:
            raise NotReadyError("It was never published, so nobody runs it. Play the draft instead.")
        if draft:
            self._steps = read_steps(row.steps_json)
        else:
            self._steps = await published_steps(self._session, row)
            self._rules = published_rules(row.published_rules, row.segment_id)
        if not self._steps:
            raise NotReadyError("There are no steps to play.")
        return draft

    async def _contact(self, email: str) -> Contact:
        wanted = select(Contact).where(Contact.email == mail_address(email.strip()))
        contact = await self._session.scalar(wanted)
        if contact is None:
            raise MissingError("There is no contact with this address.")
        return contact

    async def _stands(self, contact: Contact, *, draft: bool) -> Person | None:
        """Where the contact is, if anywhere; in a draft, where publishing it would put the contact."""
        row = await self._session.scalar(
            select(EnrolmentRecord).where(
                EnrolmentRecord.sequence_id == self._sequence.id,
                EnrolmentRecord.contact_id == contact.id,
                EnrolmentRecord.state == ACTIVE,
            )
        )
        if row is None or row.step_id is None or row.next_run_at is None:
            return None
        step_id, due = row.step_id, row.next_run_at
        if draft:
            old = await published_steps(self._session, self._sequence)
            target = landing(old, self._steps, step_id)
            if target is None:  # the last steps were deleted: publishing ends it
                return _standing(contact, row.run_no, None, row.entered_step_at, self._now)
            step_id, due = target.id, row.entered_step_at + target.delay
        got = select(DeliveryRecord.step_id).where(
            DeliveryRecord.source_id == self._sequence.id,
            DeliveryRecord.contact_id == contact.id,
            DeliveryRecord.run_no == row.run_no,
        )
        received = " ".join(await self._session.scalars(got))
        waiting = _standing(contact, row.run_no, step_id, row.entered_step_at, due)
        return waiting._replace(received=received)

    async def _on_their_way(self, contact: Contact, person: Person) -> list[PlayedMail]:
        query = select(DeliveryRecord.due_at, DeliveryRecord.step_id).where(
            DeliveryRecord.source_id == self._sequence.id,
            DeliveryRecord.contact_id == contact.id,
            DeliveryRecord.run_no == person.run_no,
            DeliveryRecord.state.in_(_WAITING),
        )
        rows = await self._session.execute(query)
        return [PlayedMail(max(row.due_at, self._now), row.step_id) for row in rows if row.due_at]

    async def _had(self, contact: Contact, since: datetime) -> list[datetime]:
        query = select(DeliveryRecord.updated_at).where(
            DeliveryRecord.contact_id == contact.id,
            DeliveryRecord.state.in_(COUNTED),
            DeliveryRecord.updated_at > since,
        )
        return list(await self._session.scalars(query))

    async def _look_up(self, person: Person, at: datetime) -> Known:
        address = mail_address(person.email)
        reasons = (await suppressed_among(self._session, [address])).values()
        memberships = await find_memberships(
            self._audience, self._session, self._rules, [person.contact_id], at
        )
        suppressed = dict.fromkeys([address] if reasons else [], next(iter(reasons), ""))
        return Known(self._steps, self._rules, suppressed, memberships, at)

    async def _present(self, contact: Contact, played: Played, zone: tzinfo) -> list[FutureMail]:
        attrs = select(ContactAttrs.attrs).where(ContactAttrs.contact_id == contact.id)
        kept: dict[str, Any] = await self._session.scalar(attrs) or {}
        values = contact_values(contact.email, contact.name, contact.status, contact.created_at, kept)
        steps = {step.id: (number, step) for number, step in enumerate(self._steps, start=1)}
        mails = []
        for mail in played.mails:
            number, step = steps.get(mail.step_id, (0, None))
            mails.append(
                FutureMail(
                    step_id=mail.step_id,
                    number=number,
                    subject=_subject(step, values, mail.at) if step else "",
                    at=mail.at,
                    local_at=mail.at.astimezone(zone).isoformat(),
                    waits=mail.waits,
                )
            )
        return mails

    async def _notes(self, contact: Contact, at: datetime, *, continues: bool) -> list[str]:
        notes = []
        if self._sequence.status == SequenceStatus.PAUSED:
            notes.append("It is paused; this is what comes if it went on now.")
        if continues:
            return notes
        try:
            entering = await newcomers(self._audience, self._session, self._sequence.id, self._rules, at)
        except SegmentMissingError:
            notes.append("Its segment, or the one that is its goal, is missing: nobody enters.")
            return notes
        here = select(Contact.id).where(Contact.id == contact.id, entering)
        if await self._session.scalar(here) is None:
            why = " and ".join(await self._reasons_to_stay_out(contact, at)) or "it may not"
            notes.append(f"This contact would not enter by itself then: {why}.")
        return notes

    async def _reasons_to_stay_out(self, contact: Contact, at: datetime) -> list[str]:
        """In words, what `newcomers` found."""
        asked = replace(self._rules, exit_on_leaving=True)
        memberships = await find_memberships(self._audience, self._session, asked, [contact.id], at)
        runs = select(func.max(EnrolmentRecord.entered_step_at)).where(
            EnrolmentRecord.sequence_id == self._sequence.id, EnrolmentRecord.contact_id == contact.id
        )
        ended = await self._session.scalar(runs)
        again = self._rules.reenter_after
        reasons = {
            f"it is {contact.status}": contact.status != ContactStatus.SUBSCRIBED,
            "it is not in the segment": contact.id in memberships.left,
            "it has reached the goal": contact.id in memberships.in_goal,
            "it was in the sequence before": ended is not None and (again is None or ended > at - again),
        }
        return [words for words, holds in reasons.items() if holds]


def _standing(
    contact: Contact, run_no: int, step_id: str | None, entered_step_at: datetime, due: datetime
) -> Person:
    return Person(
        id=0,
        contact_id=contact.id,
        run_no=run_no,
        step_id=step_id,
        entered_step_at=micros(entered_step_at),
        next_run_at=micros(due),
        received="",
        email=contact.email,
        status=contact.status,
        time_zone=contact.time_zone,
    )


def _taken_back(played: Played) -> list[str]:
    return [f"Mails that still waited are taken back: {played.taken_back}."] if played.taken_back else []


def _subject(step: Step, values: dict[str, str], at: datetime) -> str:
    """As the contact would read it."""
    try:
        return preview_parts(load_document(dict(step.content)), values, now=at).subject
    except (NewerDocumentError, ValidationError):
        return str(step.content.get("subject", ""))
