"""Where the tracked links of a mail lead: read from its content, filled in for one contact."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from contract.blocks import Document
from contract.merge_tags import NO_LINKS, MergeTag
from render_preview.html import render_html
from render_preview.segments import Slots, resolve
from render_preview.tracking import Address, Tracking
from render_preview.values import SlotKind, is_whole_address

_KEPT = "!#$%&'()*+,/:;=?@[]~"
"""What an address may have besides letters and digits."""


def links_of(document: Document) -> Mapping[int, Address]:
    """Every link that could be tracked, by its number."""
    tracking = Tracking(clicks="https://")
    render_html(document, tracking)
    return tracking.links


def as_written(address: Address) -> str:
    """As its author wrote it, merge tags and all."""
    return "".join(map(str, address))


def filled_in(address: Address, values: Mapping[str, str]) -> str:
    """The address for one contact, as an untracked mail has it."""
    slots = Slots()
    marked = [slots.mark(SlotKind.URL_PART, a) if isinstance(a, MergeTag) else a for a in address]
    part = slots.cut("".join(marked))
    resolved, _ = resolve([slot.tag for slot in part.slots], values, NO_LINKS)
    return part.fill(resolved)


def target(address: Address, values: Mapping[str, str]) -> str | None:
    """Where to send this contact, in ASCII; None if the values make no address."""
    filled = filled_in(address, values)
    return _in_ascii(filled) if is_whole_address(filled) else None


def _in_ascii(address: str) -> str | None:
    if address.isascii():
        return address
    try:
        parts = urlsplit(address)
        place = parts.netloc.encode("idna").decode()
    except (UnicodeError, ValueError):
        return None
    rest = (quote(part, safe=_KEPT) for part in parts[2:])
    return urlunsplit((parts.scheme, place, *rest))
