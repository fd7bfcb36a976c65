"""A sending account in words: its line in the list, how it stands, and what must be published for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.moments import say_when
from tui.status_words import Spoken
from tui.widgets.list_rows import Row

if TYPE_CHECKING:
    from datetime import datetime

    from contract.accounts import SendingAccount
    from contract.dkim import DkimKey

_STATES = {
    "ready": Spoken("✓ ready", "good"),
    "resting": Spoken("~ resting", "warn"),
    "paused": Spoken("‖ paused", "warn"),
}
_STRING = 255
"""No string of a TXT record may be longer; a longer value is several."""


def account_state(account: SendingAccount) -> Spoken:
    """Whether mails leave through it now."""
    return _STATES[account.state]


def account_row(account: SendingAccount) -> Row:
    """Its line."""
    state = account_state(account)
    cells = (
        f"{account.name}{' · default' if account.is_default else ''}",
        f"{account.host}:{account.port} {account.tls}",
        account.from_email,
        str(account.lanes),
        f"{account.rate:g}/s" if account.rate else "no limit",
        f"{account.used_today:,} of {account.daily_cap:,}" if account.daily_cap else "no limit",
        state.text,
    )
    return Row(account.id, cells, {1: "quiet", 3: "quiet", 4: "quiet", 6: state.tone}, data=account)


def standing(account: SendingAccount, now: datetime) -> str:
    """What a line has no room for: why it does not send, and until when."""
    match account.state:
        case "paused":
            return f"Paused {account.paused_reason}. Nothing leaves through it until r resumes it."
        case "resting":
            until = say_when(account.rests_until, now)
            again = f"It is tried again {until or 'soon'}, or now with r."
            return f"Its server said: {account.paused_reason}. {again}"
        case _:
            used = "It sent its mails of today and goes on at 00:00 UTC."
            full = account.daily_cap and account.used_today >= account.daily_cap
            sender = f"{account.from_name} <{account.from_email}>".strip()
            return used if full else f"Mails leave through it, from {sender}."


def zone_line(key: DkimKey) -> str:
    """The record as a zone file has it."""
    value = key.record_value
    strings = [f'"{value[start : start + _STRING]}"' for start in range(0, len(value), _STRING)]
    return f"{key.record_name}. IN TXT ( {' '.join(strings)} )"
