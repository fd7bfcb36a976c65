"""What a person typed, taken apart once: words, marks, links and merge tags.

Every renderer (HTML, plain text, terminal, lint) reads the same pieces, so they cannot disagree about what
is bold or where a link goes. Merge tags are lifted out before the markdown is parsed: they may stand inside
a link address, and their fallback is never read as markdown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from contract.merge_tags import MERGE_TAG, MergeTag, tag_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

Atom = str | MergeTag
"""Literal words or a tag: what a string without markdown (an address, an alt text) is made of."""

Mark = Literal["strong", "em", "s", "code", "link"]


@dataclass(frozen=True, slots=True)
class Open:
    """A mark begins here. `href` is given for links only."""

    mark: Mark
    href: tuple[Atom, ...] = ()


@dataclass(frozen=True, slots=True)
class Close:
    """The mark ends here."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Break:
    """A new line inside a paragraph."""


Piece = str | MergeTag | Open | Close | Break
Run = tuple[Piece, ...]
"""One paragraph."""

# Non-characters stand for a lifted tag while markdown-it runs: Unicode reserves them for such inner use,
# they count as letters beside `*` and `_`, and `clean` takes them out of everything a person typed.
_TAG_OPEN, _TAG_CLOSE = "\ufdd0", "\ufdd1"
_LIFTED = re.compile(f"{_TAG_OPEN}([0-9]+){_TAG_CLOSE}")
_BEYOND = "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
_UNWANTED = re.compile(
    f"[{_BEYOND}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_BLANK_LINE = re.compile(r"\n[ ]*\n\s*")
_SAFE_START = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s]|tel:[+0-9])", re.IGNORECASE)
_SCHEME_ONLY = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


@cache
def _markdown() -> "MarkdownIt":
    """Addresses stay as typed; whether one is safe is asked where it is written, and by lint."""
    from markdown_it import MarkdownIt

    class Markdown(MarkdownIt):
        def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 - the parser's own name
            return True

        def normalizeLink(self, url: str) -> str:  # noqa: N802
            return url

        def normalizeLinkText(self, link: str) -> str:  # noqa: N802
            return link

    return Markdown("zero", {"html": False}).enable(
        ["emphasis", "strikethrough", "backticks", "link", "autolink", "newline", "escape"]
    )


_MARKS: dict[str, Mark] = {"strong": "strong", "em": "em", "s": "s", "link": "link"}


def clean(text: str) -> str:
    """Drop what no mail may carry (control characters, lone surrogates); line ends become LF."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return text if text.isascii() and text.isprintable() else _UNWANTED.sub("", text)


def _lift(text: str) -> tuple[str, list[MergeTag]]:
    tags: list[MergeTag] = []

    def mark(match: re.Match[str]) -> str:
        tags.append(tag_of(match))
        return f"{_TAG_OPEN}{len(tags) - 1}{_TAG_CLOSE}"

    return MERGE_TAG.sub(mark, clean(text)), tags


def _lower(text: str, tags: Sequence[MergeTag]) -> tuple[Atom, ...]:
    if _TAG_OPEN not in text:
        return (text,) if text else ()
    pieces: list[Atom] = list(_LIFTED.split(text))
    pieces[1::2] = [tags[int(str(number))] for number in pieces[1::2]]
    return tuple(piece for piece in pieces if piece)


@lru_cache(maxsize=2048)
def split_tags(text: str) -> tuple[Atom, ...]:
    """A string without markdown as words and tags."""
    return _lower(*_lift(text))


@lru_cache(maxsize=2048)
def parse_inline(text: str) -> Run:
    """One paragraph of the markdown subset."""
    lifted, tags = _lift(text)
    return _pieces(lifted, tags)


@lru_cache(maxsize=2048)
def parse_prose(text: str) -> tuple[Run, ...]:
    """Paragraphs, separated by blank lines; empty ones are dropped."""
    lifted, tags = _lift(text)
    return tuple(_pieces(part, tags) for part in _BLANK_LINE.split(lifted.strip()) if part.strip())


def _pieces(lifted: str, tags: Sequence[MergeTag]) -> Run:
    parsed = _markdown().parseInline(lifted.strip())
    found: list[Piece] = []
    for token in parsed[0].children or ():
        found.extend(_piece(token, tags))
    return tuple(found)


def _piece(token: "Token", tags: Sequence[MergeTag]) -> Sequence[Piece]:
    kind = token.type
    if kind == "text":
        return _lower(token.content, tags)
    if kind in ("softbreak", "hardbreak"):
        return (Break(),)
    if kind == "code_inline":
        return (Open("code"), *_lower(token.content, tags), Close("code"))
    mark = _MARKS[kind.rpartition("_")[0]]
    if token.nesting < 0:
        return (Close(mark),)
    return (Open(mark, _lower(str(token.attrs.get("href", "")), tags)),)


def is_safe_address(atoms: Sequence[Atom]) -> bool:
    """Whether an address may be a link: http, https, mailto or tel, or one merge tag alone.

    A tag alone is checked again with each contact's value. A tag may follow the scheme, never make it.
    """
    if not atoms:
        return False
    first = atoms[0]
    if isinstance(first, MergeTag):
        return len(atoms) == 1
    start = first.lstrip()
    return bool(_SAFE_START.match(start)) or (len(atoms) > 1 and bool(_SCHEME_ONLY.fullmatch(start)))


def words_of(run: Sequence[Piece]) -> str:
    """The run without its marks, tags as they were typed: for lint and for measures."""
    return "".join(
        "\n" if isinstance(piece, Break) else str(piece)
        for piece in run
        if isinstance(piece, str | MergeTag | Break)
    )
