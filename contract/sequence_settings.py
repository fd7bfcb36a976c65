"""How a sequence treats the people in it: when it mails, who leaves early, who may come again.

Settings are a part of the draft like its steps, and are published with them. Every one has a default, so
that a draft which says nothing behaves as sequences always did.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, field_validator

from contract.wire import DocumentId, Request, RowId

TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""What a clock shows, such as 09:00."""


class Weekday(StrEnum):
    """In the order of the week."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


WEEK = tuple(Weekday)


class SendWindow(Request):
    """When mails may go, by the clock where the contact is.

    Where its time zone is not known, that is the organisation's clock, or UTC where it has no zone either.
    From `opens` until just before `closes`, on each of `days`. A window that closes before it opens goes over
    midnight and belongs to the day on which it opens; one that closes when it opens lasts a whole day.
    """

    days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = list(WEEK)
    opens: TimeOfDay = "00:00"
    closes: TimeOfDay = "00:00"

    @field_validator("days")
    @classmethod
    def _in_the_order_of_the_week(cls, days: list[Weekday]) -> list[Weekday]:
        return [day for day in WEEK if day in days]


class SequenceSettings(Request):
    """As sent: what is absent has its default.

    `exitOnLeaving`: whoever is no longer in the segment gets no further mail. `goalSegmentId`: whoever is in
    that segment has reached the goal, and neither enters nor goes on. `reenterAfterDays`: whoever went
    through that long ago and is in the segment enters again; null is never. `accountId`: the sending account,
    or null for the default one.
    """

    exit_on_leaving: bool = False
    goal_segment_id: DocumentId | None = None
    reenter_after_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    send_window: SendWindow | None = None
    account_id: RowId | None = None


DEFAULT_SETTINGS = SequenceSettings().model_dump(mode="json", by_alias=True)
"""As on the wire."""


class KeptWindow(SendWindow):
    """As answered: an older client takes what it knows."""

    model_config = ConfigDict(extra="ignore")


class KeptSettings(SequenceSettings):
    """As answered: an older client takes what it knows."""

    model_config = ConfigDict(extra="ignore")

    send_window: KeptWindow | None = None
