"""What clocks show where somebody is."""

from datetime import UTC, datetime

import pytest

from backend.local_times import moment_at

OTHERWISE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone", "moment"),
    [
        ("2026-12-01T09:00", "Europe/Lisbon", "2026-12-01T09:00"),
        ("2026-12-01T09:00", "America/New_York", "2026-12-01T14:00"),
        ("2026-07-01T09:00", "America/New_York", "2026-07-01T13:00"),
        ("2026-12-01T09:00", "Pacific/Auckland", "2026-11-30T20:00"),
        ("2026-12-01T09:00", "Asia/Kathmandu", "2026-12-01T03:15"),
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30"),  # skipped: as if clocks had not been set
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30"),  # shown twice: the first of them
    ],
)
def test_known_zones(wall: str, zone: str, moment: str) -> None:
    found = moment_at(datetime.fromisoformat(wall), zone, OTHERWISE)
    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../../etc/passwd", "Europe", "x" * 5000, "\0"])
def test_what_is_no_zone(zone: str | None) -> None:
    assert moment_at(datetime(2026, 12, 1, 9, tzinfo=None), zone, OTHERWISE) == OTHERWISE  # noqa: DTZ001
