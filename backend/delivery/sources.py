"""What mails come from: a campaign, or a sequence. Both are claimed, fenced and counted alike."""

from dataclasses import dataclass, field
from enum import StrEnum


class SourceKind(StrEnum):
    """Which table says whether mails may go."""

    CAMPAIGN = "campaign"
    SEQUENCE = "sequence"


@dataclass(frozen=True, slots=True)
class Source:
    """A campaign or a sequence of one organisation."""

    org_id: int
    kind: SourceKind
    id: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker holds. `values`: the contact's fields as merge tags read them."""

    source: Source
    id: int
    contact_id: int
    address: str
    attempts: int
    revision: int
    step_id: str
    run_no: int
    values: dict[str, str] = field(default_factory=dict, repr=False)
