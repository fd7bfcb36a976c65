"""The plain-text alternative, straight from blocks.

It says the same words in the same order as the HTML part: receivers compare the two, and people read it.
"""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from contract.blocks import (
    Block,
    Button,
    Code,
    Columns,
    Divider,
    Document,
    Footer,
    Heading,
    Html,
    Image,
    ListBlock,
    Quote,
    Social,
    Spacer,
    Text,
)
from contract.merge_tags import MergeTag
from render_preview.inline import (
    Atom,
    Break,
    Open,
    Run,
    clean,
    is_safe_address,
    parse_inline,
    parse_prose,
    split_tags,
)
from render_preview.networks import NETWORKS
from render_preview.own_pages import links_in
from render_preview.raw_html import readable_text
from render_preview.segments import Part, Slots
from render_preview.values import SlotKind, encode_address

WIDTH = 72
_RULE = "-" * WIDTH
_UNDERLINE = {1: "=", 2: "-"}


class _Writer:
    def __init__(self) -> None:
        self.slots = Slots()

    def plain(self, source: str) -> str:
        """A string without markdown, on one line."""
        return "".join(self._atom(atom) for atom in split_tags(source)).replace("\n", " ").strip()

    def lines(self, source: str) -> str:
        """A string without markdown whose lines and spaces stay."""
        return "".join(self._atom(atom) for atom in split_tags(source)).rstrip()

    def _atom(self, atom: Atom) -> str:
        return atom if isinstance(atom, str) else self.slots.mark(SlotKind.PLAIN, atom)

    def address(self, atoms: Sequence[Atom]) -> str:
        """Empty when it is not safe."""
        if not is_safe_address(atoms):
            return ""
        if isinstance(atoms[0], MergeTag):
            return self.slots.mark(SlotKind.PLAIN_URL, atoms[0])
        return "".join(
            self.slots.mark(SlotKind.URL_PART, atom)
            if isinstance(atom, MergeTag)
            else encode_address(atom.strip())
            for atom in atoms
        )

    def run(self, run: Run) -> str:
        """One paragraph: marks fall away, a link is its words and its address in round brackets."""
        out: list[str] = []
        link: tuple[Atom, ...] = ()
        start = 0
        for piece in run:
            if isinstance(piece, str | MergeTag):
                out.append(self._atom(piece))
            elif isinstance(piece, Break):
                out.append("\n")
            elif piece.mark == "s":
                out.append("~")
            elif piece.mark == "link" and isinstance(piece, Open):
                link, start = piece.href, len(out)
            elif piece.mark == "link":
                out.append(self._aside(link, "".join(out[start:])))
        return "".join(out)

    def _aside(self, href: Sequence[Atom], label: str) -> str:
        address = self.address(href)
        return f" ({address})" if address and label not in (address, address.partition(":")[2]) else ""

    def words(self, run: Run) -> str:
        """A button's label: no address inside, the button has its own."""
        return "".join(
            " " if isinstance(piece, Break) else self._atom(piece)
            for piece in run
            if isinstance(piece, str | MergeTag | Break)
        ).strip()


def _wrap(text: str, first: str = "", others: str = "") -> str:
    """`first` begins the first line, `others` each one that follows."""
    lines = enumerate(text.split("\n"))
    return "\n".join(_wrapped(line, others if number else first, others) for number, line in lines)


def _wrapped(line: str, first: str, others: str) -> str:
    fitting = line.rstrip(" ")
    if len(first) + len(fitting) <= WIDTH and fitting == line.rstrip():
        return first + fitting if fitting else ""
    return textwrap.fill(
        line,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _heading(block: Heading, write: _Writer) -> str:
    words = _wrap(write.run(parse_inline(block.text)))
    if not words or block.level not in _UNDERLINE:
        return words
    return f"{words}\n{_UNDERLINE[block.level] * min(WIDTH, max(map(len, words.splitlines())))}"


def _prose(source: str, write: _Writer) -> list[str]:
    return [_wrap(write.run(run)) for run in parse_prose(source)]


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _button(block: Button, write: _Writer) -> str:
    label, address = write.words(parse_inline(block.label)), write.address(split_tags(block.href))
    return _lines(f"{label}:" if label and address else label, address)


def _image(block: Image, write: _Writer) -> str:
    words = "" if block.decorative else write.plain(block.alt)
    return _lines(f"[{words}]" if words else "", write.address(split_tags(block.href)))


def _footer(block: Footer, write: _Writer) -> str:
    lines = [*_prose(block.text, write), write.plain(block.address)]
    links = [f"{write.plain(label)}: {write.address((MergeTag(name),))}" for label, name in links_in(block)]
    return "\n\n".join([line for line in lines if line] + ["\n".join(links)])


def _divider(_block: Divider, _write: _Writer) -> str:
    return _RULE


def _spacer(_block: Spacer, _write: _Writer) -> str:
    return ""


def _text(block: Text, write: _Writer) -> str:
    return "\n\n".join(_prose(block.text, write))


def _list(block: ListBlock, write: _Writer) -> str:
    points = []
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}. " if block.ordered else "- "
        points.append(_wrap(write.run(parse_inline(item)), mark, " " * len(mark)))
    return "\n".join(points)


def _quote(block: Quote, write: _Writer) -> str:
    runs = [_wrap(write.run(run), "> ", "> ") for run in parse_prose(block.text)]
    if block.cite.strip():
        runs.append(_wrap(f"— {write.run(parse_inline(block.cite))}", "> ", "> "))
    return "\n>\n".join(runs)


def _code(block: Code, write: _Writer) -> str:
    return write.lines(block.text)


def _social(block: Social, write: _Writer) -> str:
    found = ((NETWORKS[link.network], write.address(split_tags(link.href))) for link in block.links)
    return "\n".join(f"{name}: {address}" if address else name for name, address in found)


def _html(block: Html, write: _Writer) -> str:
    if block.text.strip():
        return "\n\n".join(_prose(block.text, write))
    return "\n".join(_wrap(write.plain(line)) for line in readable_text(block.html).split("\n"))


def _columns(block: Columns, write: _Writer) -> str:
    leaves = (_block(leaf, write) for cell in block.cells for leaf in cell)
    return "\n\n".join(leaf for leaf in leaves if leaf)


_WRITERS: dict[type, Callable[[Any, _Writer], str]] = {
    Heading: _heading,
    Text: _text,
    Button: _button,
    Image: _image,
    ListBlock: _list,
    Quote: _quote,
    Code: _code,
    Social: _social,
    Html: _html,
    Columns: _columns,
    Divider: _divider,
    Spacer: _spacer,
    Footer: _footer,
}


def _block(block: Block, write: _Writer) -> str:
    writer = _WRITERS.get(type(block))
    if writer is None:
        return f"[A block of the type {clean(block.type)} that this version cannot show]"
    return writer(block, write)


def render_text(document: Document) -> Part:
    """The plain-text part of a document. Unknown blocks are shown as a placeholder."""
    write = _Writer()
    blocks = (_block(block, write) for block in document.blocks)
    return write.slots.cut("\n\n".join(block for block in blocks if block))


def render_subject(document: Document) -> Part:
    """The subject: one line, no markdown."""
    write = _Writer()
    return write.slots.cut(" ".join(write.plain(document.subject).split()))
