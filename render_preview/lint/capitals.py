"""Words in capitals: filters count them against a mail, and they are slower to read."""

from collections.abc import Iterator

from contract.merge_tags import MERGE_TAG
from render_preview.lint.finding import Finding, Fix
from render_preview.location import Location

_LEAST_LETTERS, _LEAST_WORDS = 8, 2
"""Less than this may be a name or an abbreviation."""


def _shouts(text: str) -> bool:
    words = MERGE_TAG.sub(" ", text)
    if not words.isupper() or len(words.split()) < _LEAST_WORDS:
        return False
    return sum(map(str.isalpha, words)) >= _LEAST_LETTERS


def sentence_case(text: str) -> str:
    """The first letter stays large, the others become small. Merge tags are left as they are."""
    out, at, begun = [], 0, False
    for match in (*MERGE_TAG.finditer(text), None):
        words = text[at : match.start() if match else len(text)]
        first = next((n for n, letter in enumerate(words) if letter.isalpha()), None)
        if not begun and first is not None:
            words, begun = words[: first + 1] + words[first + 1 :].lower(), True
        else:
            words = words.lower()
        out.append(words + (match[0] if match else ""))
        begun, at = begun or match is not None, match.end() if match else at
    return "".join(out)


def capitals(location: Location, text: str, what: str) -> Iterator[Finding]:
    """Whether all letters are capitals. Addresses in markdown are not rewritten: their case matters."""
    if _shouts(text):
        movable = "](" not in text and "<" not in text and "`" not in text
        fix = Fix("Write it in sentence case", location.path, sentence_case(text)) if movable else None
        yield Finding("hint", "all-capitals", location, f"The {what} is all in capitals.", fix)
