"""Which status may follow which, for campaigns and sequences: one table for screens and server."""

from enum import StrEnum


class CampaignStatus(StrEnum):
    """The life of a campaign. The wire names DRAFT, SCHEDULED and SENT are fixed."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    SENDING = "SENDING"
    PAUSED = "PAUSED"
    SENT = "SENT"
    CANCELLED = "CANCELLED"


class CampaignAction(StrEnum):
    """What a person or the clock may do to a campaign's status."""

    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    FINISH = "finish"
    RESEND = "resend"


_C = CampaignStatus
CAMPAIGN_TRANSITIONS: dict[tuple[CampaignStatus, CampaignAction], CampaignStatus] = {
    (_C.DRAFT, CampaignAction.SCHEDULE): _C.SCHEDULED,
    (_C.SCHEDULED, CampaignAction.SCHEDULE): _C.SCHEDULED,
    (_C.SCHEDULED, CampaignAction.UNSCHEDULE): _C.DRAFT,
    (_C.SCHEDULED, CampaignAction.START): _C.SENDING,
    (_C.SCHEDULED, CampaignAction.PAUSE): _C.PAUSED,
    (_C.SCHEDULED, CampaignAction.CANCEL): _C.CANCELLED,
    (_C.SENDING, CampaignAction.PAUSE): _C.PAUSED,
    (_C.SENDING, CampaignAction.CANCEL): _C.CANCELLED,
    (_C.SENDING, CampaignAction.FINISH): _C.SENT,
    (_C.PAUSED, CampaignAction.RESUME): _C.SENDING,
    (_C.SENT, CampaignAction.RESEND): _C.SENDING,
    (_C.SENDING, CampaignAction.RESEND): _C.SENDING,
    (_C.PAUSED, CampaignAction.RESEND): _C.PAUSED,
    (_C.PAUSED, CampaignAction.CANCEL): _C.CANCELLED,
}

CONTENT_LOCKED = frozenset({_C.SCHEDULED, _C.SENDING, _C.SENT, _C.CANCELLED})
"""A PAUSED campaign takes content as a new revision for those not yet sent."""


class SequenceStatus(StrEnum):
    """The life of a sequence. Its draft can be edited in each; people run the published revision."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"


SEQUENCE_TRANSITIONS: dict[tuple[SequenceStatus, SequenceStatus], str] = {
    (SequenceStatus.DRAFT, SequenceStatus.ACTIVE): "activate",
    (SequenceStatus.ACTIVE, SequenceStatus.ACTIVE): "publish",
    (SequenceStatus.ACTIVE, SequenceStatus.PAUSED): "pause",
    (SequenceStatus.PAUSED, SequenceStatus.ACTIVE): "resume",
}


def allowed_actions(status: CampaignStatus) -> set[CampaignAction]:
    """What may be done to a campaign in this status."""
    return {action for (current, action) in CAMPAIGN_TRANSITIONS if current is status}
