"""What the domain of a sender publishes, as receivers of its mails will read it."""

from enum import StrEnum

from contract.wire import Answer, RowId


class CheckState(StrEnum):
    """How a check ended. `unknown`: nobody could be asked, so it says nothing about the domain."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class DomainCheck(Answer):
    """One thing that was looked at. `recordName` and `recordValue`: the TXT record that would mend it."""

    name: str
    state: CheckState
    detail: str
    record_name: str = ""
    record_value: str = ""


class Deliverability(Answer):
    """The checks of one sending account, what is wrong first told where it is."""

    account_id: RowId
    domain: str
    checks: list[DomainCheck]


class DeliverabilityAnswer(Answer):
    """Of one account."""

    deliverability: Deliverability
