"""Where the links and pictures of a document lead, for whoever checks that something is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from contract.block_types import Block, BlockBase, Button, Code, Html, Image, ListBlock, Social
from contract.blocks import Document
from contract.merge_tags import MergeTag
from render_preview.inline import Atom, Open, parse_inline, parse_prose, split_tags


@dataclass(frozen=True, slots=True)
class Link:
    """An address on the web, and the block it stands in."""

    url: str
    block_id: str


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def _in_html(markup: str) -> list[str]:
    parser = _Addresses()
    parser.feed(markup)
    return parser.found


def _has_tag(atoms: tuple[Atom, ...]) -> bool:
    return any(isinstance(atom, MergeTag) for atom in atoms)


def _inline(block: Block) -> Iterator[str]:
    """Addresses inside what was written as text; one that a merge tag makes is each contact's own."""
    texts = [getattr(block, name, "") for name in ("text", "cite")]
    runs = [run for text in texts for run in parse_prose(text)]
    if isinstance(block, ListBlock):
        runs += [parse_inline(item) for item in block.items]
    for piece in (piece for run in runs for piece in run):
        if isinstance(piece, Open) and piece.mark == "link" and not _has_tag(piece.href):
            yield "".join(str(atom) for atom in piece.href)


def _addresses(block: Block) -> Iterator[str]:
    match block:
        case Button():
            yield block.href
        case Image():
            yield from (block.src, block.href)
        case Social():
            yield from (link.href for link in block.links)
        case Html():
            yield from _in_html(block.html)
        case Code():
            return
        case BlockBase():
            yield from _inline(block)


def links_of(document: Document) -> list[Link]:
    """Every http and https address that is the same for everyone, once, in reading order."""
    found: dict[str, Link] = {}
    for block in document.every_block():
        for address in _addresses(block):
            url = address.strip()
            if url.lower().startswith(("http://", "https://")) and not _has_tag(split_tags(url)):
                found.setdefault(url, Link(url, block.id))
    return list(found.values())
