"""Sequences on the wire: mails with a delay between them, for everyone who enters a segment."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from contract.blocks import BlockId, WrittenDocument
from contract.ids import new_block_id
from contract.sequence_settings import KeptSettings, SequenceSettings
from contract.transitions import SequenceStatus
from contract.wire import Answer, DocumentId, Name, Request, RowId, Timestamp, Version

DelayHours = Annotated[float, Field(ge=0, le=24 * 365, allow_inf_nan=False)]
"""Hours after the step before it, or after entering for the first step."""


class StepIn(Request):
    """A step as sent; the order of the list is the order, `id` is made if absent and kept."""

    id: BlockId = Field(default_factory=new_block_id)
    delay_hours: DelayHours
    content_json: WrittenDocument


class Step(Answer):
    """A step as stored."""

    id: BlockId
    delay_hours: float
    content_json: dict[str, Any]


class Sequence(Answer):
    """`steps`, `settings` and `segmentId` are the draft.

    People in it run the published revision (`publishedRevision`, 0 = none). `held` says why nobody is mailed
    although it is active; it is empty where all is well, and in the change feed.
    """

    id: DocumentId
    org_id: RowId
    name: str
    status: SequenceStatus
    segment_id: DocumentId | None = None
    steps: list[Step]
    settings: KeptSettings = Field(default_factory=KeptSettings)
    published_revision: int = 0
    unpublished_changes: bool = False
    active_enrolments: int = 0
    held: str = ""
    created_at: Timestamp
    updated_at: Version


class _Steps(Request):
    @model_validator(mode="after")
    def _step_ids_are_unique(self) -> "_Steps":
        steps: list[StepIn] | None = getattr(self, "steps", None)
        ids = [step.id for step in steps or ()]
        if len(set(ids)) != len(ids):
            message = "two steps have the same id; each needs its own"
            raise ValueError(message)
        return self


StepList = Annotated[list[StepIn], Field(max_length=100)]


class SequenceCreate(_Steps):
    """A new draft."""

    id: DocumentId | None = None
    name: Name
    steps: StepList
    segment_id: DocumentId | None = None
    settings: SequenceSettings | None = None


class SequenceAutosave(_Steps):
    """Compare-and-swap on `updatedAt`, which sequence and steps share. Never a status.

    `settings` replace the draft's as a whole; null, like nothing at all, leaves them.
    """

    updated_at: Version
    name: Name | None = None
    segment_id: DocumentId | None = None
    steps: StepList | None = None
    settings: SequenceSettings | None = None


class SequencePatch(Request):
    """Changes to the sequence itself. `settings` as in an autosave."""

    updated_at: Version | None = None
    name: Name | None = None
    segment_id: DocumentId | None = None
    settings: SequenceSettings | None = None
    status: SequenceStatus | None = None


class StepsPatch(_Steps):
    """The whole list of steps."""

    steps: StepList
    updated_at: Version | None = None


class SequenceAnswer(Answer):
    """One sequence."""

    sequence: Sequence


class SequenceList(Answer):
    """A page of sequences, newest change first."""

    sequences: list[Sequence]
    next_cursor: str | None


class Plan(Answer):
    """What publishing the draft would do to people; `planHash` pins it for `/activate`.

    `willEnrol` counts those who enter again too; `willExit` people in it who reached the goal or left the
    segment, as far as the settings let them go; `dueNow` get a mail at once, `dueInWindow` would, but wait
    for their send window. `settingsChanged` names the settings that differ from what people run.
    """

    plan_hash: str
    will_enrol: int
    active: int
    will_exit: int = 0
    due_now: int
    due_in_window: int = 0
    settings_changed: list[str] = Field(default_factory=list)
    steps_added: int
    steps_removed: int
    steps_changed: int
    moved: bool


class Activate(Request):
    """Publish the draft as planned."""

    plan_hash: Annotated[str, Field(max_length=64)] | None = None
    updated_at: Version | None = None


class Overdue(StrEnum):
    """What becomes of mails that were due while a sequence was paused.

    `send`: they go at once. `spread`: over the next `hours`. `shift`: everyone waits on as if there had been
    no pause. `skip`: nobody gets them; everyone waits for the step after.
    """

    SEND = "send"
    SPREAD = "spread"
    SHIFT = "shift"
    SKIP = "skip"


class SequenceResume(Request):
    """Let a paused sequence go on. `hours` is for `spread`."""

    overdue: Overdue = Overdue.SEND
    hours: Annotated[float, Field(gt=0, le=24 * 30, allow_inf_nan=False)] = 24.0


class PauseSoFar(Answer):
    """What resuming would be about: when it was paused, and how many mails became due since."""

    paused_at: Timestamp | None
    overdue: int


class Enrolment(Answer):
    """One contact in a sequence."""

    contact_id: RowId
    email: str
    state: str
    step_id: str | None
    next_run_at: Timestamp | None
    entered_at: Timestamp
    exit_reason: str = ""


class EnrolmentList(Answer):
    """A page of enrolments, newest first."""

    enrolments: list[Enrolment]
    next_cursor: str | None
