"""What became of a campaign or a sequence, as its report tells it.

`opened` and `clicked` count people: whoever follows a link has opened, however often counts once, and what
machines do on their own stands apart.
"""

from pydantic import Field

from contract.delivery import Progress
from contract.wire import Answer, Timestamp


class MailCounts(Answer):
    """Mails that their servers took or sent back, and how many people opened them and followed a link."""

    sent: int = 0
    bounced: int = 0
    opened: int = 0
    clicked: int = 0


class Response(MailCounts):
    """All mails together. `machineOpened` were opened by a machine and by nobody else; `complained` are
    among the `sent`.
    """

    unsubscribed: int = 0
    complained: int = 0
    machine_opened: int = 0
    machine_clicked: int = 0


class CoursePoint(MailCounts):
    """What happened from `at` on for one step of time: each person's first opening and first click."""

    at: Timestamp
    unsubscribed: int = 0


class Course(Answer):
    """What happened in steps of equal length, without gaps: a campaign's first two weeks, or the last three
    months of a sequence.
    """

    step_seconds: int = 60
    points: list[CoursePoint] = []


class LinkCount(Answer):
    """One link as its author wrote it. `clicks` by `people`; `machineClicks` apart."""

    address: str
    clicks: int = 0
    people: int = 0
    machine_clicks: int = 0


class ProviderCount(MailCounts):
    """The recipients of one domain; the rest has an empty one."""

    domain: str


class RevisionCount(MailCounts):
    """Those who got one revision of the content, where it was corrected on the way."""

    revision: int
    frozen_at: Timestamp


class StepCount(Response):
    """The mails of one step. `place` counts from 1 among the published steps; 0: it was taken out.

    `waiting` people wait for it now. `accepted` are the `sent` without the `complained`.
    """

    step_id: str
    place: int
    subject: str
    accepted: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    waiting: int = 0


class PeopleCount(Answer):
    """Those who entered a sequence: still in it, at its end, or out of it before, and why that."""

    active: int = 0
    finished: int = 0
    exited: int = 0
    exit_reasons: dict[str, int] = {}


class Report(Answer):
    """What became of the mails of one source. `tracksOpens`, `tracksClicks`: whether new ones are tracked."""

    progress: Progress
    reasons: dict[str, int] = {}
    started_at: Timestamp | None = None
    tracks_opens: bool = False
    tracks_clicks: bool = False
    response: Response = Field(default_factory=Response)
    course: Course = Field(default_factory=Course)
    links: list[LinkCount] = []
    providers: list[ProviderCount] = []

    @property
    def is_followed(self) -> bool:
        """Whether there is anything to say about opens and clicks: they are tracked, or were."""
        seen = self.response
        any_seen = seen.opened or seen.clicked or seen.machine_opened or seen.machine_clicked
        return bool(self.tracks_opens or self.tracks_clicks or any_seen)


class CampaignReport(Report):
    """What became of a campaign."""

    finished_at: Timestamp | None = None
    revisions: list[RevisionCount] = []


class SequenceReport(Report):
    """What became of a sequence so far: its people, and its mails by step."""

    people: PeopleCount = Field(default_factory=PeopleCount)
    steps: list[StepCount] = []


class CampaignReportAnswer(Answer):
    """The report of a campaign."""

    report: CampaignReport


class SequenceReportAnswer(Answer):
    """The report of a sequence."""

    report: SequenceReport
