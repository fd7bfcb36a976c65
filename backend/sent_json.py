"""What no request body may be, whatever it is for, with the place where it goes wrong.

Neither database keeps a NUL or half a surrogate pair in a text, JSON knows no infinite numbers, a name given
twice means one thing to us and another to whoever reads the same bytes, and nothing sane is nested deeply.
"""

import json
import math
from collections import Counter
from typing import Any

from contract.problems import InvalidError

MAX_NESTING = 100
MAX_SHOWN_NAME = 100
_LARGEST = 2**63


class _Twice(dict[str, Any]):
    """An object that named a member twice."""

    name: str


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    twice = _Twice(members)
    [(twice.name, _)] = Counter(name for name, _ in pairs).most_common(1)
    return twice


_decoder = json.JSONDecoder(object_pairs_hook=_object)


def dotted(path: tuple[int | str, ...]) -> str:
    """The path as problems give it; a name that is absurdly long is cut."""
    return ".".join(str(part)[:MAX_SHOWN_NAME] for part in path)


def _refuse(path: tuple[int | str, ...], message: str) -> InvalidError:
    return InvalidError.at(dotted(path), message)


def _check_text(text: str, path: tuple[int | str, ...]) -> None:
    if "\0" in text:
        raise _refuse(path, "a text may not have a NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise _refuse(path, "a text may not have half a surrogate pair") from None


def _check_number(number: float, path: tuple[int | str, ...]) -> None:
    if not (-_LARGEST <= number < _LARGEST if isinstance(number, int) else math.isfinite(number)):
        raise _refuse(path, "this number is too large, or none")


def _check_members(members: dict[str, Any], path: tuple[int | str, ...]) -> None:
    if isinstance(members, _Twice):
        raise _refuse((*path, members.name), "this is given twice")
    for name, item in members.items():
        _check_text(name, path)
        check_sent(item, (*path, name))


def check_sent(value: Any, path: tuple[int | str, ...] = ()) -> None:
    """Raises `InvalidError` with the place of what may not be there."""
    if isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, int | float):
        _check_number(value, path)
    elif value is not None and len(path) >= MAX_NESTING:
        raise _refuse(path[:3], "this is nested too deeply")
    elif isinstance(value, dict):
        _check_members(value, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check_sent(item, (*path, index))


def read_sent_json(body: bytes) -> Any:
    """The decoded body, None for one that is not JSON: its decoder will say so. Raises `InvalidError`."""
    try:
        sent = _decoder.decode(body.decode())
    except UnicodeDecodeError:
        raise InvalidError("The request is not UTF-8.") from None
    except RecursionError:
        raise InvalidError("The request is nested too deeply.") from None
    except ValueError:
        return None
    check_sent(sent)
    return sent
