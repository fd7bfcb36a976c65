"""Whether the merge tags and conditions of a mail name fields that contacts have."""

from collections.abc import Collection, Iterator, Mapping

from contract.blocks import BlockBase, Document
from contract.merge_tags import RESERVED, MergeTag, find_tags
from contract.show_if import fields_in
from render_preview.inline import clean
from render_preview.lint.finding import Finding
from render_preview.location import Location
from render_preview.parts import located_texts


def _no_fallback(field: str, location: Location, lacking: Mapping[str, float]) -> Iterator[Finding]:
    share = lacking.get(field)
    remedy = f"{{{{ {field} | ... }}}} gives one to contacts without it."
    if share is None:
        message = f"{field} has no fallback; {remedy}"
        yield Finding("hint", "fallback-missing", location, message)
    elif share > 0:
        percent = "Less than 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")
        message = f"{percent} of the audience has no {field}, and there is no fallback; {remedy}"
        yield Finding("warning", "fallback-missing", location, message)


def _field(
    tag: MergeTag,
    location: Location,
    known: Collection[str] | None,
    lacking: Mapping[str, float],
) -> Iterator[Finding]:
    if tag.field in RESERVED:
        return
    if known is not None and tag.field not in known:
        yield Finding("error", "field-unknown", location, f"No contact has a field named {tag.field}.")
    elif tag.fallback is None:
        yield from _no_fallback(tag.field, location, lacking)


def fields(
    document: Document, known: Collection[str] | None, lacking: Mapping[str, float]
) -> Iterator[Finding]:
    """Fields nobody has, and fields without a fallback. `lacking`: the share of the audience without each."""
    places = [(Location(None, (name,)), getattr(document, name)) for name in ("subject", "preheader")]
    for block in document.every_block():
        places += located_texts(block)
    first: dict[tuple[MergeTag, str | None], Location] = {}
    for location, text in places:
        for tag in find_tags(clean(text)):
            first.setdefault((tag, location.block_id), location)
    for (tag, _), location in first.items():
        yield from _field(tag, location, known, lacking)
    for block in document.every_block():
        if isinstance(block, BlockBase) and block.show_if is not None and known is not None:
            for field in fields_in(block.show_if):
                if field not in known:
                    message = f"Nobody is shown this block: no contact has a field named {field}."
                    yield Finding("error", "field-unknown", Location(block.id, ("showIf",)), message)
