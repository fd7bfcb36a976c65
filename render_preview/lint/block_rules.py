"""What is asked of each type of block."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from contract.blocks import (
    Button,
    Code,
    Columns,
    Footer,
    Heading,
    Html,
    Image,
    ListBlock,
    Quote,
    Social,
    Text,
    Unknown,
)
from render_preview.inline import (
    Open,
    clean,
    is_safe_address,
    parse_inline,
    parse_prose,
    split_tags,
    words_of,
)
from render_preview.lint.addresses import address
from render_preview.lint.capitals import capitals
from render_preview.lint.client_support import client_support
from render_preview.lint.finding import Finding, Fix
from render_preview.location import Location
from render_preview.networks import NETWORKS
from render_preview.raw_html import readable_text

_UNSAFE_SOURCE = re.compile(r"""(?:href|src)\s*=\s*["']?([^"'>\s]*)""", re.IGNORECASE)


def _links(block: Heading | Text | Footer | Quote) -> Iterator[Finding]:
    yield from _links_in(Location(block.id, ("text",)), block.text)


def _links_in(location: Location, source: str) -> Iterator[Finding]:
    for run in parse_prose(source):
        for piece in run:
            if isinstance(piece, Open) and piece.mark == "link":
                written = "".join(map(str, piece.href)).strip()
                rewrite = partial(_relinked, source, written)
                yield from address(location, piece.href, "link", rewrite=rewrite)


def _relinked(source: str, old: str, new: str) -> str:
    """Markdown whose links to one address lead to another."""
    return source.replace(f"]({old}", f"]({new}")


def _empty(block: Heading | Text | Quote | Code) -> Iterator[Finding]:
    if not block.text.strip():
        yield Finding("warning", "block-empty", Location(block.id, ("text",)), f"The {block.type} is empty.")


def _prose(block: Heading | Text | Quote) -> Iterator[Finding]:
    yield from _empty(block)
    yield from _links(block)
    if isinstance(block, Heading):
        yield from capitals(Location(block.id, ("text",)), block.text, "heading")


def _list(block: ListBlock) -> Iterator[Finding]:
    if not any(item.strip() for item in block.items):
        yield Finding("warning", "block-empty", Location(block.id, ("items",)), "The list has no points.")
    for number, item in enumerate(block.items):
        yield from _links_in(Location(block.id, ("items", number)), item)


def _social(block: Social) -> Iterator[Finding]:
    if not block.links:
        yield Finding("warning", "block-empty", Location(block.id, ("links",)), "There are no links yet.")
    for number, link in enumerate(block.links):
        location, what = Location(block.id, ("links", number, "href")), f"{NETWORKS[link.network]} link"
        yield from address(location, split_tags(link.href.strip()), what)


def _html(block: Html) -> Iterator[Finding]:
    if not readable_text(block.html).strip() and "<img" not in block.html.lower():
        yield Finding(
            "warning", "block-empty", Location(block.id, ("html",)), "The HTML has nothing to read."
        )
    elif not block.text.strip():
        message = "The HTML has no text form; the plain-text part says its words without their looks."
        yield Finding("hint", "text-form-missing", Location(block.id, ("text",)), message)
    yield from client_support(block)
    for source in _UNSAFE_SOURCE.findall(block.html):
        if not is_safe_address(split_tags(clean(source).strip())):
            message = (
                "The HTML has an address that does not begin with https://, mailto: or tel:; it is taken out."
            )
            yield Finding("warning", "link-unsafe", Location(block.id, ("html",)), message)
            return


def _columns(block: Columns) -> Iterator[Finding]:
    if not all(block.cells):
        yield Finding("warning", "block-empty", Location(block.id), "One of the columns is empty.")


def _button(block: Button) -> Iterator[Finding]:
    if not words_of(parse_inline(block.label)).strip():
        yield Finding("warning", "block-empty", Location(block.id, ("label",)), "The button has no label.")
    yield from capitals(Location(block.id, ("label",)), block.label, "button")
    yield from address(Location(block.id, ("href",)), split_tags(block.href.strip()), "button")


def _image(block: Image) -> Iterator[Finding]:
    yield from address(Location(block.id, ("src",)), split_tags(block.src.strip()), "image", "https://")
    if block.href.strip():
        yield from address(Location(block.id, ("href",)), split_tags(block.href.strip()), "image's link")
    if not block.decorative and not block.alt.strip():
        message = "The image has no alternative text; write one, or mark it as decorative."
        fix = Fix("Mark it as decorative", ("decorative",), value=True)
        yield Finding("warning", "alt-missing", Location(block.id, ("alt",)), message, fix)


def _unknown(block: Unknown) -> Iterator[Finding]:
    message = f"This version does not know blocks of the type {clean(block.type)} and will not send them."
    yield Finding("error", "block-unknown", Location(block.id), message)


BLOCK_RULES: dict[type, Callable[[Any], Iterator[Finding]]] = {
    Heading: _prose,
    Text: _prose,
    Quote: _prose,
    Code: _empty,
    ListBlock: _list,
    Social: _social,
    Html: _html,
    Columns: _columns,
    Footer: _links,
    Button: _button,
    Image: _image,
    Unknown: _unknown,
}
