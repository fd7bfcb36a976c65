"""Merging the order of a list, by pairs.

Each pair keeps the order of the base unless a side turned it round. Two sides cannot disagree about a
pair that both turned, so the only thing that cannot be merged is a cycle. No guess is made about which
item was moved, and the result does not depend on who is called mine.
"""

from collections.abc import Container

Places = dict[str, int]


def _before(x: str, y: str, base: Places, mine: Places, theirs: Places) -> bool | None:
    """Whether x stands before y in the end; None if both sides put them in, in different orders."""
    at_mine, at_theirs = mine[x] < mine[y], theirs[x] < theirs[y]
    if at_mine == at_theirs:
        return at_mine
    if x in base and y in base:
        return not base[x] < base[y]
    return None


def merge_order(
    common: list[str], base: list[str], mine: list[str], theirs: list[str]
) -> tuple[list[str], bool]:
    """(the order of the items both sides have, whether it could be merged); if not, mine is kept."""
    places = [{id: n for n, id in enumerate(side)} for side in (base, mine, theirs)]
    followers = dict.fromkeys(common, 0)
    agreed = True
    for n, x in enumerate(common):
        for y in common[n + 1 :]:
            before = _before(x, y, *places)
            agreed = agreed and before is not None
            followers[x if before else y] += 1
    if agreed and sorted(followers.values()) == list(range(len(common))):
        return sorted(common, key=followers.__getitem__, reverse=True), True
    return sorted(common, key=places[1].__getitem__), False


def _runs(side: list[str], settled: Container[str], wanted: Container[str]) -> dict[str | None, list[str]]:
    """New items by the settled item they follow on their own side; None is the beginning."""
    runs: dict[str | None, list[str]] = {}
    anchor: str | None = None
    for id in side:
        if id in settled:
            anchor = id
        elif id in wanted:
            runs.setdefault(anchor, []).append(id)
    return runs


def insert_new(order: list[str], mine: list[str], theirs: list[str], kept: Container[str]) -> list[str]:
    """The whole order: what only one side has follows its neighbour above.

    Where both sides put something into one gap, both runs stay whole, the one with the smaller first id
    first.
    """
    settled = set(order)
    ours, others = _runs(mine, settled, kept), _runs(theirs, settled, kept)
    result: list[str] = []
    for anchor in (None, *order):
        if anchor is not None:
            result.append(anchor)
        for run in sorted(filter(None, (ours.get(anchor, []), others.get(anchor, [])))):
            result += run
    return result
