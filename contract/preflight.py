"""Every recipient's copy looked at before anything is sent."""

from contract.wire import Answer, RowId


class BrokenCopy(Answer):
    """A recipient whose copy would not be right.

    `missing`: fields without a value and without a fallback. `faults`: sentences about values that do not
    fit their place. `leftOut`: it cannot be sent at all, for the first of the faults.
    """

    contact_id: RowId
    email: str
    name: str | None = None
    missing: list[str] = []
    faults: list[str] = []
    left_out: bool = False


class PreflightPage(Answer):
    """Of `checked` recipients, in the order of their ids, those with a broken copy."""

    checked: int
    broken: list[BrokenCopy]
    next_cursor: str | None
