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
from render_preview.lint.finding import Finding, Fix, Place
from render_preview.networks import NETWORKS
from render_preview.raw_html import readable_text

_UNSAFE_SOURCE = re.compile(r"""(?:href|src)\s*=\s*["']?([^"'>\s]*)""", re.IGNORECASE)


def _links(block: Heading | Text | Footer | Quote) -> Iterator[Finding]:
    yield from _links_in(Place(block, ("text",)), block.text)


def _links_in(place: Place, source: str) -> Iterator[Finding]:
    for run in parse_prose(source):
        for piece in run:
            if isinstance(piece, Open) and piece.mark == "link":
                written = "".join(map(str, piece.href)).strip()
                rewrite = partial(_relinked, source, written)
                yield from address(place, piece.href, "link", rewrite=rewrite)


def _relinked(source: str, old: str, new: str) -> str:
    """Markdown whose links to one address lead to another."""
    return source.replace(f"]({old}", f"]({new}")


def _empty(block: Heading | Text | Quote | Code) -> Iterator[Finding]:
    if not block.text.strip():
        yield Finding("warning", "block-empty", block.id, f"The {block.type} is empty.")


def _prose(block: Heading | Text | Quote) -> Iterator[Finding]:
    yield from _empty(block)
    yield from _links(block)
    if isinstance(block, Heading):
        yield from capitals(Place(block, ("text",)), block.text, "heading")


def _list(block: ListBlock) -> Iterator[Finding]:
    if not any(item.strip() for item in block.items):
        yield Finding("warning", "block-empty", block.id, "The list has no points.")
    for number, item in enumerate(block.items):
        yield from _links_in(Place(block, ("items", number)), item)


def _social(block: Social) -> Iterator[Finding]:
    if not block.links:
        yield Finding("warning", "block-empty", block.id, "There are no links yet.")
    for number, link in enumerate(block.links):
        place, what = Place(block, ("links", number, "href")), f"{NETWORKS[link.network]} link"
        yield from address(place, split_tags(link.href.strip()), what)


def _html(block: Html) -> Iterator[Finding]:
    if not readable_text(block.html).strip() and "<img" not in block.html.lower():
        yield Finding("warning", "block-empty", block.id, "The HTML has nothing to read.")
    elif not block.text.strip():
        message = "The HTML has no text form; the plain-text part says its words without their looks."
        yield Finding("hint", "text-form-missing", block.id, message)
    yield from client_support(block)
    for source in _UNSAFE_SOURCE.findall(block.html):
        if not is_safe_address(split_tags(clean(source).strip())):
            message = (
                "The HTML has an address that does not begin with https://, mailto: or tel:; it is taken out."
            )
            yield Finding("warning", "link-unsafe", block.id, message)
            return


def _columns(block: Columns) -> Iterator[Finding]:
    if not all(block.cells):
        yield Finding("warning", "block-empty", block.id, "One of the columns is empty.")


def _button(block: Button) -> Iterator[Finding]:
    if not words_of(parse_inline(block.label)).strip():
        yield Finding("warning", "block-empty", block.id, "The button has no label.")
    yield from capitals(Place(block, ("label",)), block.label, "button")
    yield from address(Place(block, ("href",)), split_tags(block.href.strip()), "button")


def _image(block: Image) -> Iterator[Finding]:
    yield from address(Place(block, ("src",)), split_tags(block.src.strip()), "image", "https://")
    if block.href.strip():
        yield from address(Place(block, ("href",)), split_tags(block.href.strip()), "image's link")
    if not block.decorative and not block.alt.strip():
        message = "The image has no alternative text; write one, or mark it as decorative."
        fix = Fix("Mark it as decorative", ("decorative",), value=True)
        yield Finding("warning", "alt-missing", block.id, message, fix)


def _unknown(block: Unknown) -> Iterator[Finding]:
    message = f"This version does not know blocks of the type {clean(block.type)} and will not send them."
    yield Finding("error", "block-unknown", block.id, message)


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
