"""Places in a body, and what can be put there."""

import json
from collections.abc import Iterator
from typing import Any

MARK = "a-secret-that-nobody-repeats"
HOLE = "\N{WHITE SQUARE}"

POISON: dict[str, bytes] = {
    "a NUL": b'"' + MARK.encode() + b'\\u0000"',
    "half a surrogate pair": b'"' + MARK.encode() + b'\\ud800"',
    "bytes that are not UTF-8": b'"' + MARK.encode() + b'\xff\xfe"',
    "1e400": b"1e400",
    "minus infinity": b"-Infinity",
    "not a number": b"NaN",
    "10**1000": b"1" + b"0" * 1000,
    "10**5000": b"1" + b"0" * 5000,
    "2**63": str(2**63).encode(),
    "a member twice": b'{"a": 1, "a": 2}',
    "10,000 lists": b"[" * 10_000 + b"]" * 10_000,
    "10,000 objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "200 lists": b"[" * 200 + b"]" * 200,
    "lists that never end": b"[" * 10_000,
}
"""Always refused, wherever it is."""
UNPLACED = ("bytes that are not UTF-8", "lists that never end", "10**5000", "10,000 lists", "10,000 objects")
"""What cannot be decoded far enough to say where it is."""

MISFITS: list[Any] = [None, True, -1, 1.5, 10**15, "", "x" * 300, MARK, [], [[]], {}, {"a": []}, [None]]
"""Refused where they do not fit, and never the server's fault."""


def places(body: Any, path: tuple[int | str, ...] = ()) -> Iterator[tuple[int | str, ...]]:
    """Every place below the top."""
    members = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, value in members:
        yield (*path, name)
        yield from places(value, (*path, name))


def put(body: Any, path: tuple[int | str, ...], value: Any) -> Any:
    """A copy of the body with another value at the place."""
    if not path:
        return value
    copied = body.copy()
    copied[path[0]] = put(body[path[0]], path[1:], value)
    return copied


def spliced(body: Any, path: tuple[int | str, ...], raw: bytes) -> bytes:
    """The body as bytes, with `raw` at the place."""
    return json.dumps(put(body, path, HOLE)).encode().replace(json.dumps(HOLE).encode(), raw)
