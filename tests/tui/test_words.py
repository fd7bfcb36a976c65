from datetime import UTC, datetime, timedelta

import pytest

from tui.bars import progress_bar, sparkline
from tui.goto import Target, UnknownPlaceError, complete, parse
from tui.moments import say_span, say_when

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class TestMoments:
    @pytest.mark.parametrize(
        ("away", "words"),
        [
            (timedelta(hours=1), "today 10:00"),
            (timedelta(hours=23), "tomorrow 08:00"),
            (timedelta(hours=-10), "yesterday 23:00"),
            (timedelta(days=3), "Thu 5 Mar 09:00"),
            (timedelta(days=30), "1 Apr 09:00"),
            (timedelta(days=400), "6 Apr 2027 09:00"),
            (timedelta(days=-30), "31 Jan 2026"),
        ],
    )
    def test_are_said_as_people_do(self, away: timedelta, words: str) -> None:
        assert say_when(NOW + away, NOW) == words

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [
            (None, ""),
            (40, "40 s"),
            (59.6, "1 min"),
            (240, "4 min"),
            (7_800, "2 h 10 min"),
            (260_000, "3 days"),
        ],
    )
    def test_spans_too(self, seconds: float | None, words: str) -> None:
        assert say_span(seconds) == words


class TestBars:
    def test_is_full_only_when_everything_is_done(self) -> None:
        assert progress_bar(999, 1000, 10).endswith(" 99 %")
        assert progress_bar(1000, 1000, 10) == "━" * 10 + " 100 %"
        assert progress_bar(0, 0, 10).startswith("─")

    def test_a_sparkline_never_hides_a_small_value(self) -> None:
        line = sparkline([0, 1, 1000], 3)
        assert line[0] == " "
        assert line[1] == "▁"
        assert line[2] == "█"

    def test_a_sparkline_gathers_many_values(self) -> None:
        assert len(sparkline(list(range(500)), 40)) == 40


class TestGoto:
    def test_reads_place_filters_and_words(self) -> None:
        assert parse(":campaigns status=draft tea") == Target("campaigns", {"status": "draft"}, "tea")

    def test_a_filter_the_place_does_not_have_is_a_word(self) -> None:
        assert parse("contacts status=draft") == Target("contacts", {}, "status=draft")

    def test_an_ambiguous_beginning_is_refused(self) -> None:
        with pytest.raises(UnknownPlaceError):
            parse("se")

    @pytest.mark.parametrize(
        ("line", "first"),
        [
            ("c", "campaigns"),
            ("campaigns st", "campaigns status=draft"),
            ("sequences status=p", "sequences status=paused"),
        ],
    )
    def test_completes(self, line: str, first: str) -> None:
        assert complete(line)[0] == first
