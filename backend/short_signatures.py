"""Signatures short enough for a link or an address: 120 bits in 24 letters that survive any change of case.

Each mail carries several, so the key is prepared once and the letters are looked up in pairs.
"""

import hmac
from functools import lru_cache
from itertools import product

_BYTES = 15
_PAIRS = ["".join(pair) for pair in product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)]


@lru_cache(maxsize=64)
def _keyed(secret: bytes) -> hmac.HMAC:
    return hmac.new(secret, digestmod="sha256")


def short_signature(secret: bytes, words: str) -> str:
    """HMAC-SHA256 of the words, its first 15 bytes in lower-case base 32."""
    signing = _keyed(secret).copy()
    signing.update(words.encode())
    number = int.from_bytes(signing.digest()[:_BYTES], "big")
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(110, -1, -10)])
