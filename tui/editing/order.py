"""Reordering things that have ids: blocks of a mail, steps of a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Json = dict[str, Any]


def moved(items: Sequence[Json], ids: Collection[str], by: int) -> list[Json]:
    """Items moved by one place up (-1) or down (1); they keep their order and stop at the ends."""
    result = list(items)
    order = range(len(result)) if by < 0 else range(len(result) - 1, -1, -1)
    for at in order:
        to = at + by
        if result[at]["id"] in ids and 0 <= to < len(result) and result[to]["id"] not in ids:
            result[at], result[to] = result[to], result[at]
    return result


def neighbour(items: Sequence[Json], ids: Collection[str]) -> str:
    """What the cursor goes to when these are gone: the next one left, else the one before; "" for none."""
    order = [item["id"] for item in items]
    first = next((at for at, id in enumerate(order) if id in ids), 0)
    left = [id for id in order[first:] + order[:first][::-1] if id not in ids]
    return left[0] if left else ""
