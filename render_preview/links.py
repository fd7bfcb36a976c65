"""Where the links and pictures of a document lead, for whoever checks that something is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from contract.block_types import Block, BlockBase, Button, Code, Html, Image, ListBlock, Social
from contract.blocks import Document
from contract.merge_tags import MergeTag
from render_preview.inline import Atom, Open, Run, parse_inline, parse_prose, split_tags
from render_preview.location import Location, Path


@dataclass(frozen=True, slots=True)
class Link:
    """An address on the web, and where it stands first."""

    url: str
    location: Location


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


def _inline(block: Block) -> Iterator[tuple[Path, str]]:
    """Addresses inside what was written as text; one that a merge tag makes is each contact's own."""
    runs: list[tuple[Path, Run]] = []
    for name in ("text", "cite"):
        runs += [((name,), run) for run in parse_prose(getattr(block, name, ""))]
    if isinstance(block, ListBlock):
        runs += [(("items", number), parse_inline(item)) for number, item in enumerate(block.items)]
    for path, run in runs:
        for piece in run:
            if isinstance(piece, Open) and piece.mark == "link" and not _has_tag(piece.href):
                yield path, "".join(str(atom) for atom in piece.href)


def _addresses(block: Block) -> Iterator[tuple[Path, str]]:
    match block:
        case Button():
            yield ("href",), block.href
        case Image():
            yield from ((("src",), block.src), (("href",), block.href))
        case Social():
            yield from ((("links", number, "href"), link.href) for number, link in enumerate(block.links))
        case Html():
            yield from ((("html",), address) for address in _in_html(block.html))
        case Code():
            return
        case BlockBase():
            yield from _inline(block)


def links_of(document: Document) -> list[Link]:
    """Every http and https address that is the same for everyone, once, in reading order."""
    found: dict[str, Link] = {}
    for block in document.every_block():
        for path, address in _addresses(block):
            url = address.strip()
            if url.lower().startswith(("http://", "https://")) and not _has_tag(split_tags(url)):
                found.setdefault(url, Link(url, Location(block.id, path)))
    return list(found.values())
