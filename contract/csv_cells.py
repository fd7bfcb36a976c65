"""Cells of CSV files that a spreadsheet may open: none is a formula, and what we wrote can be read again.

A contact's name is somebody else's word. A spreadsheet runs what begins like a formula, so such a text gets
an apostrophe in front, which spreadsheets take as "this is text" (OWASP, CSV injection).
"""

from __future__ import annotations

import re

_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def written(value: object) -> str:
    """A value as a cell. Numbers stay numbers."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if _LIKE_A_FORMULA.match(value) else value
    return "" if value is None else str(value)


def read(cell: str) -> str:
    """The text that was written. What others wrote is as it is, unless it says the same in the same way."""
    return cell[1:] if cell.startswith("'") and _LIKE_A_FORMULA.match(cell, 1) else cell
