"""A campaign's mail compiled once for any number of recipients.

Blocks that only some are shown make several messages of one document: each set of conditions that hold is
a variant, compiled when the first recipient needs it and kept (`variant`).
"""

from collections.abc import Mapping
from datetime import datetime

from contract.blocks import Document
from contract.merge_tags import NO_LINKS
from contract.show_if import holds
from render_preview.headers import MessageHeaders
from render_preview.parts import CompiledParts
from render_preview.shown import conditions_of, only
from render_preview.tracking import Tracking
from render_preview.variant import Rendered, Variant, compile_variant

__all__ = ["Rendered", "UnknownBlockError", "WireTemplate", "compile_message"]

MOST_VARIANTS = 128
"""Kept at a time; a mail with more conditions than that allows compiles some of them again."""


class UnknownBlockError(ValueError):
    """The document has a block this version cannot render; sending a mail without it would be a lie."""

    def __init__(self, types: list[str]) -> None:
        super().__init__(f"this version cannot send blocks of the type {', '.join(types)}")
        self.types = types


class WireTemplate:
    """The messages of one document. Safe to share between threads."""

    def __init__(self, document: Document, headers: MessageHeaders, tracking: Tracking | None = None) -> None:
        self._document, self._headers, self._tracking = document, headers, tracking
        self._conditions = tuple(conditions_of(document).items())
        self._whole = compile_variant(document, headers, tracking)
        self._variants: dict[tuple[bool, ...], Variant] = {(True,) * len(self._conditions): self._whole}

    @property
    def parts(self) -> CompiledParts:
        """With every block that anyone is shown."""
        return self._whole.parts

    def render(
        self,
        values: Mapping[str, str],
        *,
        to: str,
        message_id: str,
        date: datetime,
        unsubscribe_url: str = "",
        own_links: Mapping[str, str] = NO_LINKS,
    ) -> Rendered:
        """One recipient's message: CRLF line ends, seven bits, no line begins with a dot.

        `own_links`: what the other reserved names stand for (contract/merge_tags.py).

        Raises `HeaderError` for an address, an id or a URL that may not stand in a header, and for a
        subject whose values are all missing.
        """
        return self._variant_for(values, date).render(
            values,
            to=to,
            message_id=message_id,
            date=date,
            unsubscribe_url=unsubscribe_url,
            own_links=own_links,
        )

    def parts_for(self, values: Mapping[str, str], now: datetime) -> CompiledParts:
        """With the blocks that this contact is shown."""
        return self._variant_for(values, now).parts

    def _variant_for(self, values: Mapping[str, str], now: datetime) -> Variant:
        if not self._conditions:
            return self._whole
        truths = tuple(holds(node, values, now) for _, node in self._conditions)
        variant = self._variants.get(truths)
        if variant is None:
            held = [key for (key, _), true in zip(self._conditions, truths, strict=True) if true]
            variant = compile_variant(only(self._document, held), self._headers, self._tracking)
            if len(self._variants) >= MOST_VARIANTS:
                self._variants = {}
            self._variants[truths] = variant
        return variant


def compile_message(
    document: Document, headers: MessageHeaders, tracking: Tracking | None = None
) -> WireTemplate:
    """Compile a document into a template for any number of recipients.

    Raises `UnknownBlockError` for a block this version cannot render, `HeaderError` for a sender that may
    not stand in a header.
    """
    unknown = document.unknown_types()
    if unknown:
        raise UnknownBlockError(unknown)
    return WireTemplate(document, headers, tracking)
