"""What became of a campaign, as its report tells it.

`opened` and `clicked` count people: whoever follows a link has opened, however often counts once, and what
machines do on their own stands apart.
"""

from pydantic import Field

from contract.delivery import Progress
from contract.wire import Answer, Timestamp


class HourCount(Answer):
    """Mails accepted within one minute, for the plot."""

    at: Timestamp
    accepted: int


class Response(Answer):
    """How many mails were taken by their servers, and what their recipients did.

    `machineOpened` were opened by a machine and by nobody else; `complained` are among the `sent`.
    """

    sent: int = 0
    bounced: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    complained: int = 0
    machine_opened: int = 0
    machine_clicked: int = 0


class CoursePoint(Answer):
    """What happened from `at` on for one step: each person's first opening and first click."""

    at: Timestamp
    sent: int = 0
    bounced: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0


class Course(Answer):
    """The first two weeks in steps of equal length, without gaps."""

    step_seconds: int = 60
    points: list[CoursePoint] = []


class LinkCount(Answer):
    """One link as its author wrote it. `clicks` by `people`; `machineClicks` apart."""

    address: str
    clicks: int = 0
    people: int = 0
    machine_clicks: int = 0


class ProviderCount(Answer):
    """The recipients of one domain; the rest has an empty one."""

    domain: str
    sent: int = 0
    bounced: int = 0
    opened: int = 0
    clicked: int = 0


class RevisionCount(Answer):
    """Those who got one revision of the content, where it was corrected on the way."""

    revision: int
    frozen_at: Timestamp
    sent: int = 0
    bounced: int = 0
    opened: int = 0
    clicked: int = 0


class Report(Answer):
    """What became of a campaign. `tracksOpens`, `tracksClicks`: whether new mails are tracked now."""

    progress: Progress
    reasons: dict[str, int] = {}
    timeline: list[HourCount] = []
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    tracks_opens: bool = False
    tracks_clicks: bool = False
    response: Response = Field(default_factory=Response)
    course: Course = Field(default_factory=Course)
    links: list[LinkCount] = []
    providers: list[ProviderCount] = []
    revisions: list[RevisionCount] = []

    @property
    def is_followed(self) -> bool:
        """Whether there is anything to say about opens and clicks: they are tracked, or were."""
        seen = self.response
        any_seen = seen.opened or seen.clicked or seen.machine_opened or seen.machine_clicked
        return bool(self.tracks_opens or self.tracks_clicks or any_seen)


class ReportAnswer(Answer):
    """One report."""

    report: Report
