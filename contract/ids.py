"""Ids that either half can make without asking the other.

A draft created on a train needs its final id at once, so that nothing has to be renamed later.
"""

import secrets
import time
import uuid

_BLOCK_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_document_id() -> str:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76
    value |= secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def new_block_id() -> str:
    """Ten characters without look-alikes; unique within one document is all that is asked of it."""
    return "b" + "".join(secrets.choice(_BLOCK_ALPHABET) for _ in range(9))
