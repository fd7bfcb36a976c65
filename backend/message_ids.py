"""Message-IDs that are equal for all attempts of one mail, and reveal nothing.

So a receiver may notice a repetition, and whoever has the organisation's secret can tell which mail is meant.
"""

import base64
import hashlib
import hmac

ID_BYTES = 15


def message_name(secret: bytes, source_id: str, step_id: str, run_no: int, contact_id: int) -> str:
    """What stands before the `@`."""
    what = f"{source_id}:{step_id}:{run_no}:{contact_id}"
    digest = hmac.digest(secret, b"message-id:" + what.encode(), hashlib.sha256)[:ID_BYTES]
    return base64.b32encode(digest).decode().lower()
