"""Who changed what."""

from contract.wire import Answer, RowId, Timestamp


class AuditRow(Answer):
    """One change of state. `userId` is absent where a link in a mail or the program itself did it.

    The hashes are of the row as answered, before and after: they say whether it is the one you know.
    """

    id: str
    at: Timestamp
    user_id: RowId | None = None
    email: str | None = None
    action: str
    target: str
    client: str = ""
    before_hash: str | None = None
    after_hash: str | None = None


class AuditList(Answer):
    """Newest first."""

    entries: list[AuditRow]
    next_cursor: str | None
