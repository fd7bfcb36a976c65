import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import csv_cells

NEAR_FORMULAS = st.text(alphabet="'=+-@\t\ra", max_size=5)


@given(st.text(max_size=20) | NEAR_FORMULAS)
def test_what_was_written_is_read_again(text: str) -> None:
    assert csv_cells.read(csv_cells.written(text)) == text


@given(NEAR_FORMULAS)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not csv_cells.written(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(("value", "cell"), [(-3.5, "-3.5"), (True, "true"), (None, ""), ("'tis", "'tis")])
def test_what_is_no_formula_stays_as_it_is(value: object, cell: str) -> None:
    assert csv_cells.written(value) == cell
