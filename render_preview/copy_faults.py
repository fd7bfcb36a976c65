"""What is wrong with one contact's copy of a mail that is right as such."""

from collections.abc import Iterator, Mapping

from render_preview.parts import CompiledParts
from render_preview.values import MAX_VALUE, clean_value, is_whole_address


def faults_of(parts: CompiledParts, values: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences about values that do not fit their place; a value that is not there is no such fault."""
    return tuple(dict.fromkeys((*_long_values(parts, values), *_dead_links(parts, values))))


def _long_values(parts: CompiledParts, values: Mapping[str, str]) -> Iterator[str]:
    for tag in parts.tags():
        if len(values.get(tag.field, "")) > MAX_VALUE:
            yield f"{tag.field} is longer than {MAX_VALUE:,} characters and is cut"


def _dead_links(parts: CompiledParts, values: Mapping[str, str]) -> Iterator[str]:
    for tag in parts.whole_addresses:
        address = clean_value(values.get(tag.field, "")) or clean_value(tag.fallback or "")
        if address and not is_whole_address(address):
            yield f"{tag.field} is not an address that a link can have"
