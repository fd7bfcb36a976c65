"""Message-IDs that are equal for all attempts of one mail, and reveal nothing.

So a receiver may notice a repetition, and whoever has the organisation's secret can tell which mail is meant.
"""

from backend.short_signatures import short_signature


def message_name(secret: bytes, source_id: str, step_id: str, run_no: int, contact_id: int) -> str:
    """What stands before the `@`."""
    return short_signature(secret, f"message-id:{source_id}:{step_id}:{run_no}:{contact_id}")
