"""An author's own HTML: only what a mail may carry is left of it, and merge tags in it are slots like any.

Scripts, forms, frames, comments, style sheets and addresses that run are gone; what stays is a fixed list of
elements, attributes and style properties. A merge tag may stand in words, in an alt or title, and in an
address; anywhere else, a style above all, the attribute falls away with it.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from html.parser import HTMLParser

import nh3

from contract.merge_tags import MERGE_TAG, MergeTag, tag_of
from render_preview.inline import Atom, clean, is_safe_address


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TAGS = _set(
    "a abbr address b blockquote br caption center code div em font h1 h2 h3 h4 h5 h6 hr i img li ol p pre s "
    "small span strong sub sup table tbody td tfoot th thead tr u ul"
)
_GONE = _set("script style iframe object embed svg math title textarea noscript template")
_BOX = {"align", "valign", "width", "height", "bgcolor"}
_ATTRIBUTES = {
    "*": {"style", "align", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border"},
    "font": {"color", "face", "size"},
    "ol": {"start", "type"},
    "table": {*_BOX, "border", "cellpadding", "cellspacing", "role"},
    "td": {*_BOX, "colspan", "rowspan"},
    "th": {*_BOX, "colspan", "rowspan"},
    "tr": _BOX,
    "hr": {"width", "size"},
}
_STYLES = _set(
    "color background-color font font-family font-size font-style font-weight line-height letter-spacing "
    "text-align text-decoration text-transform text-indent vertical-align white-space word-break direction "
    "padding padding-top padding-right padding-bottom padding-left margin margin-top margin-right "
    "margin-bottom margin-left border border-top border-right border-bottom border-left border-color "
    "border-style border-width border-radius border-collapse border-spacing width max-width min-width height "
    "max-height min-height list-style-type display table-layout opacity"
)
_SCHEMES = {"http", "https", "mailto", "tel"}
_ADDRESSES = {"href", "src"}
_WORDS = {"alt", "title"}
_UNWANTED_STYLE = re.compile(r"url\s*\(|\\|/\*|display\s*:\s*none", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
_LINK = re.compile(r"<a(?=[ >])")
_PLAIN_LINK = re.compile(r"<a(?=[ >])(?![^>]* style=)")
_OPEN, _CLOSE = "\ufdd4", "\ufdd5"
"""Around the number of a lifted tag: non-characters, which `clean` takes out of what was typed."""

WriteWords = Callable[[MergeTag], str]
WriteAddress = Callable[[str, tuple[Atom, ...]], str]
"""From the attribute (`href`, `src`) and what it has."""


def _harmless(reference: re.Match[str]) -> str:
    """What no mail may carry, or what would look like a lifted tag, cannot be spelled out either."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits[:12], base)
    allowed = code < 0x110000 and code >= 32 and clean(chr(code))
    return reference[0] if allowed else "\ufffd"


def _lift(html: str) -> tuple[str, list[MergeTag]]:
    tags: list[MergeTag] = []

    def mark(match: re.Match[str]) -> str:
        tags.append(tag_of(match))
        return f"{_OPEN}{len(tags) - 1}{_CLOSE}"

    return MERGE_TAG.sub(mark, _REFERENCE.sub(_harmless, clean(html))), tags


def atoms_of(text: str, tags: list[MergeTag]) -> tuple[Atom, ...]:
    """A text with lifted tags as words and tags."""
    found: list[Atom] = []
    for number, piece in enumerate(text.replace(_CLOSE, _OPEN).split(_OPEN)):
        found.append(tags[int(piece)] if number % 2 else piece)
    return tuple(atom for atom in found if atom)


def sanitise(html: str, words: WriteWords, address: WriteAddress, link_class: str, color: str = "") -> str:
    """Markup that is safe to send. `words` and `address` write what merge tags leave in their places.

    Links get the class, and the colour where the author gave them no look.
    """
    lifted, tags = _lift(html)

    def keep(_element: str, name: str, value: str) -> str | None:
        if name in _ADDRESSES:
            atoms = atoms_of(value.strip(), tags)
            return address(name, atoms) if is_safe_address(atoms) else None
        if name == "style" and _UNWANTED_STYLE.search(value):
            return None
        if _OPEN not in value:
            return value
        written = (a if isinstance(a, str) else words(a) for a in atoms_of(value, tags))
        return "".join(written) if name in _WORDS else None

    cleaned = nh3.clean(
        lifted,
        tags=set(_TAGS),
        clean_content_tags=set(_GONE),
        attributes={element: set(names) for element, names in _ATTRIBUTES.items()},
        attribute_filter=keep,
        link_rel=None,
        url_schemes=_SCHEMES,
        filter_style_properties=set(_STYLES),
    )
    # The sanitiser escapes every other `<`; set by itself, these two come in a different order each time.
    cleaned = _PLAIN_LINK.sub(f'<a style="color:{color};text-decoration:underline"', cleaned)
    cleaned = _LINK.sub(f'<a class="{link_class}" target="_blank"', cleaned)
    return "".join(a if isinstance(a, str) else words(a) for a in atoms_of(cleaned, tags))


_BREAKS = _set("address blockquote br caption div h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul")


class _Words(HTMLParser):
    """What a reader would read, block under block, links with their addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _BREAKS:
            self.out.append("\n")
        elif tag in ("td", "th"):
            self.out.append(" ")
        if tag == "li":
            self.out.append("- ")
        if tag == "img" and given.get("alt"):
            self.out.append(f"[{given['alt']}]")
        if tag == "a":
            self._links.append((given.get("href") or "", len(self.out)))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.out.append("\n")
        if tag == "a" and self._links:
            address, start = self._links.pop()
            if address and "".join(self.out[start:]).strip() not in (address, ""):
                self.out.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        self.out.append(" ".join(data.split()).join((" " * data[:1].isspace(), " " * data[-1:].isspace())))


@lru_cache(maxsize=64)
def readable_text(html: str) -> str:
    """The words of an author's HTML, merge tags as they were typed: a text form where none was written."""
    cleaned = sanitise(html, str, lambda _, atoms: "".join(map(str, atoms)), "")
    reader = _Words()
    reader.feed(cleaned)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.out).split("\n"))
    return "\n".join(line for line in lines if line)
