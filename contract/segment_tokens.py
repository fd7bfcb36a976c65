"""The tokens of the segment text form, and the error every later stage speaks through."""

import re
from dataclasses import dataclass


class SegmentSyntaxError(ValueError):
    """The text cannot be read. `start` and `end` are offsets in it; `hint` is a likely correction."""

    def __init__(
        self, message: str, start: int, end: int, *, expected: tuple[str, ...] = (), hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = max(end, start)
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.message} (at character {self.start + 1})"
        return f"{where}; did you mean {self.hint}?" if self.hint else where


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is word, number, date, duration, string, symbol, end, or unclosed for an open quote."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_TOKEN = re.compile(
    r"""\s+
    | (?P<date>\d{4}-\d{2}-\d{2}(?![\w-]))
    | (?P<duration>\d+[hdwmy](?!\w))
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<unclosed>"(?:[^"\\]|\\.)*\\?$)
    | (?P<symbol><=|>=|!=|[=<>(),])
    | (?P<word>[^\W\d]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokenize(source: str) -> list[Token]:
    """All tokens and an end token. Raises `SegmentSyntaxError` at a character that starts none."""
    tokens = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            message = f"unexpected {source[position]!r}"
            raise SegmentSyntaxError(message, position, position + 1)
        if match.lastgroup is not None:
            tokens.append(Token(match.lastgroup, match.group(), position))
        position = match.end()
    tokens.append(Token("end", "", len(source)))
    return tokens


def unquote(text: str) -> str:
    """The value of a quoted string."""
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


def quote(value: str) -> str:
    """A value as a quoted string; `unquote` gives it back."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
