"""The verbs of each noun, with the words that follow them: what `handbill NOUN --help` shows."""

from collections.abc import Mapping

VERBS: Mapping[str, tuple[str, ...]] = {
    "contacts": (
        *("list [WORDS]", "show CONTACT", "timeline CONTACT", "import FILE", "export [WORDS]"),
        "suppress ADDRESS",
    ),
    "segments": (
        *("list", "show ID", "create NAME FILTER", "count FILTER", "members ID", "explain ID CONTACT"),
    ),
    "campaigns": (
        *("list", "show ID", "create NAME", "edit ID", "send ID", "schedule ID", "unschedule ID"),
        *("pause ID", "resume ID", "cancel ID", "preview ID", "test ID", "preflight ID", "approve ID"),
        *("report ID", "deliveries ID", "resend ID", "outbox"),
    ),
    "sequences": (
        *("list", "show ID", "settings ID", "plan ID", "simulate ID ADDRESS", "activate ID", "pause ID"),
        *("resume ID", "enrolments ID", "report ID", "deliveries ID", "resend ID"),
    ),
    "suppressions": ("list [ADDRESS]", "add ADDRESS", "undo ADDRESS"),
    "accounts": (
        *("list", "add NAME", "edit ID", "test ID", "check ID", "dkim ID [create]"),
        *("dkim ID activate SELECTOR", "dkim ID remove SELECTOR", "pause ID", "resume ID", "default ID"),
        "remove ID",
    ),
    "bounces": ("read FILE",),
    "fields": ("list", "create KEY", "edit KEY"),
    "audit": ("list",),
    "members": (
        *("list", "invite ADDRESS", "withdraw ID", "accept TOKEN", "role MEMBER ROLE", "remove MEMBER"),
        "rules",
    ),
}


def names(noun: str) -> tuple[str, ...]:
    """The verbs alone, each once."""
    return tuple(dict.fromkeys(usage.partition(" ")[0] for usage in VERBS[noun]))
