"""Subject, HTML and text of one document, compiled together.

Preview and sending both read these parts: what is previewed is what is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain

from contract.blocks import Block, BlockBase, Document, ListBlock, Social
from contract.merge_tags import NO_LINKS, MergeTag, find_tags
from render_preview.html import render_html
from render_preview.inline import clean
from render_preview.location import Location, Path
from render_preview.own_pages import PLACEHOLDERS, UNSUBSCRIBE_PLACEHOLDER
from render_preview.segments import Part, resolve
from render_preview.shown import shown_to
from render_preview.text import render_subject, render_text
from render_preview.tracking import Tracking
from render_preview.values import WHOLE_ADDRESSES


@dataclass(frozen=True, slots=True)
class Parts:
    """A mail as one contact would see it. `missing`: fields without a value and without a fallback."""

    subject: str
    html: str
    text: str
    missing: tuple[str, ...]


def one_line(subject: str) -> str:
    """A missing value leaves two spaces behind; a subject has single ones."""
    subject = subject.strip(" ")
    return " ".join(filter(None, subject.split(" "))) if "  " in subject else subject


@dataclass(frozen=True)
class CompiledParts:
    """The parts of a document with slots for a contact's values."""

    subject: Part
    html: Part
    text: Part

    def tags(self) -> tuple[MergeTag, ...]:
        """Every tag once, in the order in which the parts ask for them."""
        slots = chain(self.subject.slots, self.html.slots, self.text.slots)
        return tuple(dict.fromkeys(slot.tag for slot in slots))

    @cached_property
    def whole_addresses(self) -> tuple[MergeTag, ...]:
        """Tags that are a link by themselves somewhere."""
        slots = chain(self.html.slots, self.text.slots)
        return tuple(dict.fromkeys(slot.tag for slot in slots if slot.kind in WHOLE_ADDRESSES))

    def subject_line(self, resolved: Mapping[MergeTag, str]) -> str:
        """The subject for one contact."""
        return one_line(self.subject.fill(resolved))

    def render(
        self,
        values: Mapping[str, str],
        *,
        unsubscribe_url: str = "",
        own_links: Mapping[str, str] = NO_LINKS,
    ) -> Parts:
        """The parts for one contact's values."""
        reserved = {**own_links, "unsubscribe_url": unsubscribe_url}
        resolved, missing = resolve(self.tags(), values, reserved)
        return Parts(
            self.subject_line(resolved),
            self.html.fill(resolved),
            self.text.fill(resolved),
            missing,
        )


def compile_parts(document: Document, tracking: Tracking | None = None) -> CompiledParts:
    """Compile once, then `render` per contact. Unknown blocks become placeholders, so do not send these.

    Only the HTML is tracked: the text is what a person reads, addresses and all.
    """
    return CompiledParts(render_subject(document), render_html(document, tracking), render_text(document))


def render_parts(
    document: Document,
    values: Mapping[str, str],
    *,
    now: datetime | None = None,
    unsubscribe_url: str = "",
    own_links: Mapping[str, str] = NO_LINKS,
) -> Parts:
    """A preview for one contact: the very parts that `WireTemplate.render` would send at `now`."""
    parts = compile_parts(shown_to(document, values, now))
    return parts.render(values, unsubscribe_url=unsubscribe_url, own_links=own_links)


def preview_parts(document: Document, values: Mapping[str, str], *, now: datetime | None = None) -> Parts:
    """For one contact, with placeholders where each recipient's own links will be."""
    return render_parts(
        document, values, now=now, unsubscribe_url=UNSUBSCRIBE_PLACEHOLDER, own_links=PLACEHOLDERS
    )


def located_texts(block: Block) -> list[tuple[Location, str]]:
    """What a person wrote into a block and where, without what stands in its columns."""
    if not isinstance(block, BlockBase):
        return []
    texts: dict[Path, str] = {
        (name,): value for name, value in block if isinstance(value, str) and name not in ("id", "type")
    }
    if isinstance(block, ListBlock):
        texts |= {("items", number): item for number, item in enumerate(block.items)}
    if isinstance(block, Social):
        texts |= {("links", number, "href"): link.href for number, link in enumerate(block.links)}
    return [(Location(block.id, path), text) for path, text in texts.items()]


def texts_of(block: Block) -> list[str]:
    """What a person wrote into a block, without what stands in its columns."""
    return [text for _, text in located_texts(block)]


def fields_used(document: Document) -> tuple[MergeTag, ...]:
    """Every merge tag in the document that a person wrote, once, in reading order.

    The links that a footer writes by itself are not among them.
    """
    texts = [document.subject, document.preheader]
    for block in document.every_block():
        texts += texts_of(block)
    return tuple(dict.fromkeys(tag for text in texts for tag in find_tags(clean(text))))
