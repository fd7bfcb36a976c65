"""What the people of the made-up workspace did with a campaign or a sequence: always the same."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contract.reports import Course, CoursePoint, LinkCount, PeopleCount, ProviderCount, Response, StepCount

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from contract.delivery import Progress

_LINKS = (
    ("https://shop.example/spring", 70),
    ("https://shop.example/visit?from={{ city }}", 25),
    ("https://social.example/@leaf", 0),
)
_PROVIDERS = (("gmail.com", 44), ("example.com", 31), ("outlook.com", 17), ("", 8))


def response(progress: Progress) -> Response:
    """Of those whose server took the mail."""
    sent = progress.accepted
    return Response(
        sent=sent,
        bounced=progress.bounced,
        opened=sent * 41 // 100,
        clicked=sent * 9 // 100,
        unsubscribed=sent // 250,
        complained=0,
        machine_opened=sent * 13 // 100,
        machine_clicked=sent // 60,
    )


def course(started: datetime, sent: Sequence[int], seen: Response, bounced: int) -> Course:
    """They open soon after their mail came, fewer and fewer with time."""
    length = len(sent) + 40 if sent else 0
    fading = [sum(sent[max(0, n - 30) : n + 1]) * 100 // (4 + abs(n - 6) ** 2) for n in range(length)]
    whole = sum(fading) or 1
    points = [
        CoursePoint(
            at=started + timedelta(minutes=n),
            sent=sent[n] if n < len(sent) else 0,
            opened=seen.opened * fading[n] // whole,
            clicked=seen.clicked * fading[n - 3] // whole if n >= 3 else 0,
            unsubscribed=1 if n % 11 == 7 and seen.unsubscribed else 0,
            bounced=bounced // len(sent) if n < len(sent) else 0,
        )
        for n in range(length)
    ]
    return Course(step_seconds=60, points=points)


def links(seen: Response) -> list[LinkCount]:
    """One of them nobody followed."""
    return [
        LinkCount(
            address=address,
            people=seen.clicked * share // 100,
            clicks=seen.clicked * share // 70,
            machine_clicks=seen.machine_clicked if share else 0,
        )
        for address, share in _LINKS
    ]


def providers(seen: Response) -> list[ProviderCount]:
    """The large ones, and the rest."""
    return [
        ProviderCount(
            domain=domain,
            sent=seen.sent * share // 100,
            bounced=seen.bounced * share // 100,
            opened=seen.opened * share // 100,
            clicked=seen.clicked * share // 100,
        )
        for domain, share in _PROVIDERS
    ]


def people(active: int) -> PeopleCount:
    """Of a sequence that has run for a while."""
    left = {"unsubscribed": active // 6, "bounced": active // 20}
    return PeopleCount(
        active=active, finished=active * 3, exited=sum(left.values()), exit_reasons=left if active else {}
    )


def steps(subjects: Sequence[tuple[str, str]], entered: int, waiting: int) -> list[StepCount]:
    """(id, subject) of each: fewer and fewer get the later ones."""
    found = []
    for n, (step_id, subject) in enumerate(subjects):
        sent = entered * (9 - n) // 10
        found.append(
            StepCount(
                step_id=step_id,
                place=n + 1,
                subject=subject,
                waiting=waiting // len(subjects),
                sent=sent,
                accepted=sent,
                bounced=sent // 90,
                unknown=1 if n == 1 else 0,
                skipped=sent // 60,
                opened=sent * (52 - 9 * n) // 100,
                clicked=sent * (14 - 3 * n) // 100,
                machine_opened=sent // 8,
                machine_clicked=sent // 50,
                unsubscribed=sent // 70,
            )
        )
    return found
