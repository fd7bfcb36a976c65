"""The small things both halves stand on: time, ids, timestamps and errors."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from contract.clock import ManualClock
from contract.ids import new_document_id
from contract.problems import (
    InternalError,
    InvalidError,
    Problem,
    ProblemError,
    SegmentMissingError,
    StaleWriteError,
    _classes,
    error_from,
)
from contract.transitions import CAMPAIGN_TRANSITIONS, CampaignAction, CampaignStatus, allowed_actions
from contract.wire import Timestamp, format_timestamp


class TestManualClock:
    async def test_sleepers_wake_in_the_order_of_their_time(self):
        clock, woken = ManualClock(), []

        async def sleeper(seconds: float) -> None:
            await clock.sleep(seconds)
            woken.append((seconds, clock.monotonic()))

        tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (3.0, 1.0, 2.0)]
        await clock.advance(2.5)
        assert woken == [(1.0, 1.0), (2.0, 2.0)]
        await clock.advance(1)
        await asyncio.gather(*tasks)
        assert woken[-1] == (3.0, 3.0)

    async def test_the_wall_clock_goes_along(self):
        clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
        await clock.advance(90)
        assert clock.now() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)


class TestIds:
    def test_a_document_id_is_a_uuid_of_version_7_and_grows_with_time(self):
        first, later = new_document_id(), new_document_id()
        assert uuid.UUID(first).version == 7
        assert uuid.UUID(first).variant == uuid.RFC_4122
        assert first[:13] <= later[:13]


class TestTimestamps:
    def test_one_spelling_whatever_the_offset(self):
        moment = datetime(2026, 3, 1, 20, 14, tzinfo=timezone(timedelta(hours=2)))
        assert format_timestamp(moment) == "2026-03-01T18:14:00.000000Z"

    def test_a_moment_without_an_offset_is_refused(self):
        with pytest.raises(ValidationError):
            TypeAdapter(Timestamp).validate_python("2026-03-01T20:14:00")


class TestProblems:
    @pytest.mark.parametrize("kind", _classes(ProblemError)[1:])
    def test_each_error_survives_the_wire(self, kind):
        sent = kind("because", current={"id": "1"}).problem()
        received = error_from(Problem.model_validate_json(sent.model_dump_json()))
        assert type(received) is kind
        assert (received.detail, received.current) == ("because", {"id": "1"})

    def test_the_default_words_are_a_sentence_for_people(self):
        for kind in _classes(ProblemError)[1:]:
            assert kind().detail.endswith("."), kind

    def test_an_unknown_code_falls_back_to_its_status(self):
        unknown = Problem(title="x", status=400, detail="d", code="brand_new")
        assert type(error_from(unknown)) is InvalidError
        assert type(error_from(unknown.model_copy(update={"status": 599}))) is InternalError

    def test_conflicts_are_told_apart_by_code(self):
        assert StaleWriteError.status == SegmentMissingError.status == 409
        assert StaleWriteError.code != SegmentMissingError.code


class TestTransitions:
    def test_what_is_over_stays_over(self):
        assert allowed_actions(CampaignStatus.SENT) == {CampaignAction.RESEND}, "only by a person's word"
        assert allowed_actions(CampaignStatus.CANCELLED) == set()

    def test_a_pause_freezes_and_only_a_resume_or_cancel_ends_it(self):
        out = {
            action
            for (before, action), after in CAMPAIGN_TRANSITIONS.items()
            if before is CampaignStatus.PAUSED and after is not before
        }
        assert out == {CampaignAction.RESUME, CampaignAction.CANCEL}

    def test_every_status_is_reachable_from_a_draft(self):
        reached = {CampaignStatus.DRAFT}
        for _ in CampaignStatus:
            reached |= {after for (before, _), after in CAMPAIGN_TRANSITIONS.items() if before in reached}
        assert reached == set(CampaignStatus)
