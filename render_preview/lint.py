"""What is wrong, or could be better, with a mail before anyone gets it.

Pure and without network, so it runs beside the editor after every pause in typing. An error blocks
sending; the server asks the same rules again before it sends.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from contract.blocks import (
    Block,
    BlockBase,
    Button,
    Code,
    Columns,
    Document,
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
from contract.merge_tags import MERGE_TAG, RESERVED, MergeTag, find_tags
from contract.show_if import fields_in
from render_preview.inline import (
    Atom,
    Open,
    clean,
    is_safe_address,
    parse_inline,
    parse_prose,
    split_tags,
    words_of,
)
from render_preview.networks import NETWORKS
from render_preview.parts import compile_parts, texts_of
from render_preview.raw_html import readable_text

_UNSAFE_SOURCE = re.compile(r"""(?:href|src)\s*=\s*["']?([^"'>\s]*)""", re.IGNORECASE)
Level = Literal["error", "warning", "hint"]

PHONE_SUBJECT, LONG_SUBJECT = 48, 70
SIZE_WARNING, SIZE_CLIPPED = 80_000, 102_000
"""Gmail cuts a mail whose HTML is larger than about 102 KB, and the unsubscribe link with it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. `block_id` says where to jump; none means the mail as a whole."""

    level: Level
    code: str
    block_id: str | None
    message: str


def blocks_sending(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.level == "error" for finding in findings)


def _subject(document: Document) -> Iterator[Finding]:
    words = MERGE_TAG.sub(lambda match: (match[2] or "").strip() or "xxxxxxxx", clean(document.subject))
    length = len(words.strip())
    if not length:
        yield Finding("error", "subject-missing", None, "The subject is missing.")
    elif length > LONG_SUBJECT:
        message = f"The subject has {length} characters; most programs show about {LONG_SUBJECT}."
        yield Finding("warning", "subject-long", None, message)
    elif length > PHONE_SUBJECT:
        message = f"The subject has {length} characters; phones show about {PHONE_SUBJECT}."
        yield Finding("hint", "subject-phone", None, message)


def _preheader(document: Document) -> Iterator[Finding]:
    if not document.preheader.strip():
        message = "The preheader is missing; inboxes will show the first words of the mail instead."
        yield Finding("warning", "preheader-missing", None, message)


def _footer(document: Document) -> Iterator[Finding]:
    footers = [block for block in document.blocks if isinstance(block, Footer)]
    tags = {tag.field for b in document.every_block() for text in texts_of(b) for tag in find_tags(text)}
    if not footers:
        yield Finding("error", "footer-missing", None, "A footer is missing.")
        if "unsubscribe_url" not in tags:
            message = "There is no way to unsubscribe; a footer has one."
            yield Finding("error", "unsubscribe-missing", None, message)
    elif not any(block.address.strip() for block in footers):
        message = "The postal address is missing; the law asks for one in bulk mail."
        yield Finding("error", "address-missing", footers[0].id, message)


def _address(
    block: Block, atoms: tuple[Atom, ...], what: str, begins: str = "https://, mailto: or tel:"
) -> Iterator[Finding]:
    if not any(isinstance(atom, MergeTag) or atom.strip() for atom in atoms):
        yield Finding("error", "link-missing", block.id, f"The {what} has no address.")
    elif not is_safe_address(atoms):
        message = f"The {what} needs an address that begins with {begins}."
        yield Finding("error", "link-unsafe", block.id, message)


def _links(block: Heading | Text | Footer | Quote) -> Iterator[Finding]:
    yield from _links_in(block, block.text)


def _links_in(block: Block, source: str) -> Iterator[Finding]:
    for run in parse_prose(source):
        for piece in run:
            if isinstance(piece, Open) and piece.mark == "link":
                yield from _address(block, piece.href, "link")


def _empty(block: Heading | Text | Quote | Code) -> Iterator[Finding]:
    if not block.text.strip():
        yield Finding("warning", "block-empty", block.id, f"The {block.type} is empty.")


def _prose(block: Heading | Text | Quote) -> Iterator[Finding]:
    yield from _empty(block)
    yield from _links(block)


def _list(block: ListBlock) -> Iterator[Finding]:
    if not any(item.strip() for item in block.items):
        yield Finding("warning", "block-empty", block.id, "The list has no points.")
    for item in block.items:
        yield from _links_in(block, item)


def _social(block: Social) -> Iterator[Finding]:
    if not block.links:
        yield Finding("warning", "block-empty", block.id, "There are no links yet.")
    for link in block.links:
        yield from _address(block, split_tags(link.href.strip()), f"{NETWORKS[link.network]} link")


def _html(block: Html) -> Iterator[Finding]:
    if not readable_text(block.html).strip() and "<img" not in block.html.lower():
        yield Finding("warning", "block-empty", block.id, "The HTML has nothing to read.")
    elif not block.text.strip():
        message = "The HTML has no text form; the plain-text part says its words without their looks."
        yield Finding("hint", "text-form-missing", block.id, message)
    for address in _UNSAFE_SOURCE.findall(block.html):
        if not is_safe_address(split_tags(clean(address).strip())):
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
    yield from _address(block, split_tags(block.href.strip()), "button")


def _image(block: Image) -> Iterator[Finding]:
    yield from _address(block, split_tags(block.src.strip()), "image", "https://")
    if block.href.strip():
        yield from _address(block, split_tags(block.href.strip()), "image's link")
    if not block.decorative and not block.alt.strip():
        message = "The image has no alternative text; write one, or mark it as decorative."
        yield Finding("warning", "alt-missing", block.id, message)


def _unknown(block: Unknown) -> Iterator[Finding]:
    message = f"This version does not know blocks of the type {clean(block.type)} and will not send them."
    yield Finding("error", "block-unknown", block.id, message)


_BLOCK_RULES: dict[type, Callable[[Any], Iterator[Finding]]] = {
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


def _field(tag: MergeTag, block_id: str | None, known: Collection[str] | None) -> Iterator[Finding]:
    if tag.field in RESERVED:
        return
    if known is not None and tag.field not in known:
        yield Finding("error", "field-unknown", block_id, f"No contact has a field named {tag.field}.")
    elif tag.fallback is None:
        message = (
            f"{tag.field} has no fallback; {{{{ {tag.field} | ... }}}} gives one to contacts without it."
        )
        yield Finding("hint", "fallback-missing", block_id, message)


def _fields(document: Document, known: Collection[str] | None) -> Iterator[Finding]:
    places: list[tuple[str | None, str]] = [(None, document.subject), (None, document.preheader)]
    for block in document.every_block():
        places += [(block.id, text) for text in texts_of(block)]
    seen = dict.fromkeys((tag, block_id) for block_id, text in places for tag in find_tags(clean(text)))
    for tag, block_id in seen:
        yield from _field(tag, block_id, known)
    for block in document.every_block():
        if isinstance(block, BlockBase) and block.show_if is not None and known is not None:
            for field in fields_in(block.show_if):
                if field not in known:
                    message = f"Nobody is shown this block: no contact has a field named {field}."
                    yield Finding("error", "field-unknown", block.id, message)


def _size(size: int) -> Iterator[Finding]:
    shown = f"The HTML has {size / 1000:.0f} KB"
    if size >= SIZE_CLIPPED:
        yield Finding("error", "size-clipped", None, f"{shown}; Gmail cuts it at about 102 KB.")
    elif size >= SIZE_WARNING:
        yield Finding("warning", "size-large", None, f"{shown} of the 102 KB that Gmail shows.")


def lint(
    document: Document, *, known_fields: Collection[str] | None = None, html_size: int | None = None
) -> list[Finding]:
    """Everything found, worst first and then in document order.

    `known_fields`: the organisation's fields; none leaves them unchecked. `html_size`: bytes, when the
    caller has compiled the document already.
    """
    findings = [*_subject(document), *_preheader(document), *_footer(document)]
    for block in document.every_block():
        rule = _BLOCK_RULES.get(type(block))
        if rule is not None:
            findings += rule(block)
    findings += _fields(document, known_fields)
    findings += _size(compile_parts(document).html.literal_size if html_size is None else html_size)
    return sorted(findings, key=lambda finding: ("error", "warning", "hint").index(finding.level))
