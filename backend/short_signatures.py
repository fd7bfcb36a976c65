"""Signatures short enough for a link or an address: 120 bits in 24 letters that survive any change of case.

Each mail carries several, so the key is prepared once and the letters are looked up in pairs.
"""

import hashlib
from functools import lru_cache
from itertools import product

_BYTES = 15
_PAIRS = ["".join(pair) for pair in product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)]
_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


@lru_cache(maxsize=64)
def _keyed(secret: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """RFC 2104, as far as it goes without the message."""
    key = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(_BLOCK, b"\0")
    return hashlib.sha256(key.translate(_INNER)), hashlib.sha256(key.translate(_OUTER))


def short_signature(secret: bytes, words: str) -> str:
    """HMAC-SHA256 of the words, its first 15 bytes in lower-case base 32."""
    keyed_inner, keyed_outer = _keyed(secret)
    inner, outer = keyed_inner.copy(), keyed_outer.copy()
    inner.update(words.encode())
    outer.update(inner.digest())
    number = int.from_bytes(outer.digest()[:_BYTES], "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(110, -1, -10)])
