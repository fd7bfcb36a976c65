"""Three-way merge of prose, sentence by sentence.

A sentence is never taken apart: two people who changed the same or touching sentences are asked. URLs and
merge tags are indivisible, so that a full stop inside one ends no sentence.
"""

import re
from difflib import SequenceMatcher

_SENTENCE = re.compile(
    r"(?:\{\{.*?\}\}|https?://\S+|[^\n.!?]|[.!?](?!\s|$))*(?:[.!?]+[ \t]*|\n+|$)", re.DOTALL
)

Region = tuple[int, int, int, int, int, int]
"""Start and end in base, mine and theirs."""


def sentences(text: str) -> list[str]:
    """The text in pieces; joined they are the text."""
    return [piece for piece in _SENTENCE.findall(text) if piece]


def _said(pieces: list[str]) -> list[str]:
    """Sentences without the space behind them: whoever writes after the last one adds it."""
    return [piece.rstrip(" \t") for piece in pieces]


def _same(base: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Sentences that nobody changed, with the space that somebody put behind them."""
    rows = zip(base, mine, theirs, strict=True)
    return [max({m, t} - {b} or {b}, key=lambda piece: (len(piece), piece)) for b, m, t in rows]


def _matches(base: list[str], side: list[str]) -> list[tuple[int, int, int]]:
    matcher = SequenceMatcher(None, _said(base), _said(side), autojunk=False)
    return [(m.a, m.b, m.size) for m in matcher.get_matching_blocks() if m.size]


def _agreed(base: list[str], mine: list[str], theirs: list[str]) -> list[Region]:
    """Stretches of the base that stand unchanged on both sides, in order, and one empty at the end."""
    found: list[Region] = []
    ours, others = _matches(base, mine), _matches(base, theirs)
    i = j = 0
    while i < len(ours) and j < len(others):
        a, at_mine, size_mine = ours[i]
        b, at_theirs, size_theirs = others[j]
        start, end = max(a, b), min(a + size_mine, b + size_theirs)
        if start < end:
            m, t = at_mine + start - a, at_theirs + start - b
            found.append((start, end, m, m + end - start, t, t + end - start))
        if a + size_mine < b + size_theirs:
            i += 1
        else:
            j += 1
    ends = (len(base), len(mine), len(theirs))
    return [*found, (ends[0], ends[0], ends[1], ends[1], ends[2], ends[2])]


def merge_text(base: str, mine: str, theirs: str) -> str | None:
    """The merged text; None where both sides changed the same or touching sentences."""
    return _merged(base, mine, theirs, None)


def merge_text_with(base: str, mine: str, theirs: str, order: str) -> str:
    """The merged text, with a person's choice where both changed the same sentences.

    `order` names the sides to take there, such as "m", or "tm" for theirs and then mine.
    """
    merged = _merged(base, mine, theirs, order)
    assert merged is not None
    return merged


def _chosen(order: str, b: list[str], m: list[str], t: list[str]) -> list[str]:
    """What both changed, one after the other; a sentence that both kept stands once."""
    chosen: list[str] = []
    for side in order:
        known = {piece.strip() for piece in chosen}
        chosen += [piece for piece in {"m": m, "t": t, "b": b}[side] if piece.strip() not in known]
    last = len(chosen) - 1
    return [piece if n == last or piece[-1].isspace() else f"{piece} " for n, piece in enumerate(chosen)]


def _merged(base: str, mine: str, theirs: str, order: str | None) -> str | None:
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if not base and order is None:
        return None
    pieces = [sentences(text) for text in (base, mine, theirs)]
    merged: list[str] = []
    at = (0, 0, 0)
    for region in _agreed(*pieces):
        b, m, t = (side[start:end] for side, start, end in zip(pieces, at, region[::2], strict=True))
        if _said(m) not in (_said(b), _said(t)) and _said(t) != _said(b):
            if order is None:
                return None
            merged += _chosen(order, b, m, t)
        else:
            merged += t if _said(m) == _said(b) else m
        same = (side[region[n] : region[n + 1]] for side, n in zip(pieces, (0, 2, 4), strict=True))
        merged += _same(*same)
        at = region[1], region[3], region[5]
    return "".join(merged)
