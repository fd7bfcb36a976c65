"""The time machine on the wire: what a sequence would send to one contact and when, on a clock of its own."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contract.wire import Answer, Request, Timestamp


class Simulate(Request):
    """For the contact with this address.

    With `entersAt` as if the contact entered then; without it from where the contact is, or entering now.
    `draft`: as the draft says; false: as people run it. Without a word: as people run it, if they do.
    """

    email: Annotated[str, Field(min_length=3, max_length=254)]
    enters_at: Timestamp | None = None
    draft: bool | None = None


class WaitReason(StrEnum):
    """`delay`: the step's own. `window`: the contact's clock. `cap`: too many mails lately."""

    DELAY = "delay"
    WINDOW = "window"
    CAP = "cap"


class Wait(Answer):
    """What a mail waited for, and how long."""

    reason: WaitReason
    until: Timestamp


class FutureMail(Answer):
    """`number` counts the steps from 1; `localAt` is `at` on the contact's clock, with its offset."""

    step_id: str
    number: int
    subject: str
    at: Timestamp
    local_at: str
    waits: list[Wait]


class Ending(StrEnum):
    """`finished`: every step was sent. `exited`: it ended early. `held`: a segment it asks about is gone."""

    FINISHED = "finished"
    EXITED = "exited"
    HELD = "held"


class Simulation(Answer):
    """Mails in the order in which they leave. `notes` are sentences on what was assumed.

    `timeZone` is the contact's; where that is not known, the organisation's (`organisationsZone`), or UTC.
    `continues`: the contact is in the sequence, and goes on from there. Limits of accounts and answers of
    mail servers are not foreseen.
    """

    email: str
    time_zone: str
    organisations_zone: bool = False
    draft: bool
    continues: bool
    entered_at: Timestamp
    mails: list[FutureMail]
    ending: Ending
    ends_at: Timestamp
    end_reason: str = ""
    notes: list[str] = Field(default_factory=list)
