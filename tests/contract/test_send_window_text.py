"""Send windows as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.send_window_text import SendWindowError, parse_window, say_window
from contract.sequence_settings import WEEK, SendWindow

times = st.times().map(lambda at: f"{at:%H:%M}")
days = st.sets(st.sampled_from(WEEK), min_size=1).map(list)
windows = st.builds(SendWindow, days=days, opens=times, closes=times)


@given(windows)
def test_what_is_said_is_read_as_the_same(window: SendWindow) -> None:
    assert parse_window(say_window(window)) == window


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("mon-fri 9-17", "mon-fri 09:00-17:00"),
        ("Monday - Friday, 9:30 \u2013 17:00", "mon-fri 09:30-17:00"),
        ("22:00 to 6", "22:00-06:00"),
        ("18:00-24:00", "18:00-00:00"),
        ("sat, su", "sat,sun"),
        ("fri-mon 8:00-20:00", "mon,fri-sun 08:00-20:00"),
        ("mon,wed,fri", "mon,wed,fri"),
        ("mon-sun", "mon-sun"),
        ("always", "always"),
        ("  ", "always"),
    ],
)
def test_as_people_type_it(typed: str, said: str) -> None:
    assert say_window(parse_window(typed)) == said


@pytest.mark.parametrize(
    "typed", ["soon", "mon-xyz", "25:00-26:00", "9:75-10:00", "m", "[/] [b", "mon;tue", ","]
)
def test_anything_else_is_refused_in_words(typed: str) -> None:
    with pytest.raises(SendWindowError, match="Try mon-fri"):
        parse_window(typed)
