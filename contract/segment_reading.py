"""Going through the tokens of a segment's text, and remembering what could have stood there."""

import difflib

from contract.segment_ast import parse_duration
from contract.segment_tokens import SegmentSyntaxError, Token, tokenize


def listing(words: list[str]) -> str:
    """Each once, the first few of many."""
    unique = list(dict.fromkeys(words))
    if len(unique) > 8:
        unique = [*unique[:7], "..."]
    return (
        unique[0]
        if len(unique) == 1
        else f"{', '.join(unique[:-1])} or {unique[-1]}"
        if unique
        else "nothing"
    )


class Reader:
    """Goes through the tokens of a filter. `expected` is what could have stood at the furthest place."""

    def __init__(self, source: str) -> None:
        self._tokens = tokenize(source)
        self._at = 0
        self.expected: list[str] = []

    @property
    def token(self) -> Token:
        """The next one."""
        return self._tokens[self._at]

    def advance(self) -> Token:
        """Take the next one."""
        token = self.token
        self._at += 1
        self.expected = []
        return token

    def accept(self, text: str) -> bool:
        """Take the next token if it is this word or symbol; remember that it could have been."""
        self.expected.append(text)
        if self.token.kind in ("word", "symbol") and self.token.text.lower() == text:
            self.advance()
            return True
        return False

    def fail(self, message: str | None = None) -> SegmentSyntaxError:
        """An error at the next token; without a message it says what was expected."""
        token = self.token
        words = [word for word in self.expected if word.isidentifier()]
        close = difflib.get_close_matches(token.text.lower(), words, 1) if token.kind == "word" else []
        if message is None:
            got = {"end": "the end", "unclosed": "a quote that is not closed"}.get(token.kind, token.text)
            message = f"expected {listing(self.expected)}, found {got}"
        return SegmentSyntaxError(
            message,
            token.start,
            token.end,
            expected=tuple(self.expected),
            hint=close[0] if close else None,
        )

    def word(self, ahead: int) -> str:
        """The word that many tokens ahead, in lower case; empty for anything else."""
        place = min(self._at + ahead, len(self._tokens) - 1)
        token = self._tokens[place]
        return token.text.lower() if token.kind == "word" else ""

    def take(self, kind: str) -> Token:
        """Take the next token if it is of this kind."""
        if self.token.kind != kind:
            raise self.fail()
        return self.advance()

    def duration(self) -> str:
        """Take a duration."""
        self.expected.append("a duration such as 30d")
        if self.token.kind != "duration" or parse_duration(self.token.text) is None:
            raise self.fail()
        return self.advance().text
