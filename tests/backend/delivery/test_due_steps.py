"""The rules for one moment, alone: what ADVANCE and the time machine ask."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from backend.db.epoch import micros
from backend.delivery.due_steps import LOOK_AGAIN, Known, Memberships, Person, plan_batch
from backend.delivery.sequence_steps import Step
from backend.send_windows import SendWindow
from backend.sequence_rules import Rules

NOW = datetime(2026, 3, 6, 12, tzinfo=UTC)  # a Friday
STEPS = [Step("hello", timedelta(0), {}), Step("tips", timedelta(hours=48), {})]
ANN = Person(70, 7, 1, "hello", micros(NOW), micros(NOW), None, "Ann@Example.org", "subscribed", None)
KNOWN = Known(STEPS, Rules("segment"), {}, Memberships(), NOW)
MORNING = SendWindow(frozenset({0, 5}), time(9), time(10))  # Mondays and Saturdays


def test_the_mail_goes_and_the_next_step_is_waited_for() -> None:
    moves = plan_batch([ANN], KNOWN)
    assert moves.mails == [(7, 1, "hello", "ann@example.org")]
    assert moves.people == [(70, "active", "", "tips", micros(NOW), micros(NOW + timedelta(hours=48)))]


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"memberships": Memberships(in_goal={7})}, "goal reached"),
        ({"memberships": Memberships(left={7})}, "left the segment"),
        ({"memberships": Memberships(in_goal={7}, left={7})}, "goal reached"),
        ({"suppressed": {"ann@example.org": "complaint"}}, "suppressed: complaint"),
        # Who must not be mailed leaves, whatever segments can or cannot say.
        (
            {"suppressed": {"ann@example.org": "complaint"}, "memberships": Memberships(missing=True)},
            "suppressed: complaint",
        ),
    ],
)
def test_whoever_leaves_gets_nothing_and_left_now(known: dict[str, object], reason: str) -> None:
    moves = plan_batch(
        [ANN._replace(entered_step_at=micros(NOW - timedelta(days=9)))], replace(KNOWN, **known)
    )
    assert moves.mails == []
    assert moves.people == [(70, "exited", reason, "hello", micros(NOW), None)]


def test_where_a_segment_is_missing_everyone_is_asked_about_again() -> None:
    moves = plan_batch([ANN], replace(KNOWN, memberships=Memberships(in_goal={7}, missing=True)))
    assert moves.mails == []
    assert moves.people == [(70, "active", "", "hello", micros(NOW), micros(NOW + LOOK_AGAIN))]


def test_outside_the_hours_the_step_is_waited_for_until_they_begin() -> None:
    known = replace(KNOWN, rules=Rules("segment", window=MORNING))
    moves = plan_batch([ANN, ANN._replace(id=71, contact_id=8, time_zone="Pacific/Auckland")], known)
    assert moves.mails == []
    saturday = datetime(2026, 3, 7, 9, tzinfo=UTC)
    assert [move.next_run_at for move in moves.people] == [
        micros(saturday),
        micros(saturday - timedelta(hours=13)),  # in summer there
    ]
    assert {move.step_id for move in moves.people} == {"hello"}


def test_the_next_step_lands_in_the_hours_too() -> None:
    rules = Rules("segment", window=SendWindow(frozenset({0, 4}), time(9), time(17)))
    (move,) = plan_batch([ANN], replace(KNOWN, rules=rules)).people
    assert move.next_run_at == micros(datetime(2026, 3, 9, 9, tzinfo=UTC)), "Sunday noon is not open"
