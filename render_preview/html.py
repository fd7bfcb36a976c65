"""Blocks as table-based HTML for mail clients, Outlook included.

The template is ours and trusted; what a person typed reaches it only as finished, escaped markup from
`_Writer`. No user text is ever compiled as a template.
"""

import re
from collections.abc import Sequence
from functools import cache, partial
from html import escape
from typing import TYPE_CHECKING

from markupsafe import Markup

from contract.block_types import SHARES
from contract.blocks import BlockBase, Document, Footer
from contract.merge_tags import MergeTag
from render_preview.dark_rules import dark_rules
from render_preview.inline import (
    Atom,
    Break,
    Close,
    Open,
    Run,
    is_safe_address,
    parse_inline,
    parse_prose,
    split_tags,
    words_of,
)
from render_preview.networks import NETWORKS
from render_preview.own_pages import links_in
from render_preview.palette import palette_of
from render_preview.raw_html import sanitise
from render_preview.segments import Part, Slots
from render_preview.tracking import CLICK, OPEN, TOKEN_LENGTH, Tracking, link_code
from render_preview.values import SlotKind, encode_address, for_comment

if TYPE_CHECKING:
    import jinja2

_SPACES = re.compile("^ |(?<=<br>) |  +")
_OPENING = {"strong": "<strong>", "em": "<em>", "s": "<s>"}
_CLOSING = {"strong": "</strong>", "em": "</em>", "s": "</s>", "code": "</code>", "link": "</a>"}
_CODE = '<code style="font-family:Menlo,Consolas,Courier New,monospace;font-size:90%">'


@cache
def _template() -> "jinja2.Template":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("render_preview"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("mail.html.j2")


class _Writer:
    """Turns typed text into markup and notes each merge tag as a slot of the right kind."""

    def __init__(self, tracking: Tracking | None = None) -> None:
        self.slots = Slots()
        self._tracking = tracking or Tracking()

    def _atom(self, atom: Atom) -> str:
        if isinstance(atom, str):
            return escape(atom, quote=True)
        return self.slots.mark(SlotKind.TEXT, atom)

    def text(self, source: str) -> Markup:
        """A string without markdown, for text and quoted attributes. Line ends become spaces."""
        return Markup("".join(self._atom(atom) for atom in split_tags(source)).replace("\n", " "))  # noqa: S704

    def _address(self, atoms: Sequence[Atom], whole: SlotKind, part: SlotKind) -> Markup:
        if not is_safe_address(atoms):
            return Markup()
        if isinstance(atoms[0], MergeTag):
            return Markup(self.slots.mark(whole, atoms[0]))  # noqa: S704
        pieces = [
            self.slots.mark(part, atom)
            if isinstance(atom, MergeTag)
            else escape(encode_address(atom.strip()), quote=True)
            for atom in atoms
        ]
        return Markup("".join(pieces))  # noqa: S704

    def _passing(self, atoms: Sequence[Atom]) -> str | None:
        """The address by which a tracked link is passed on, not escaped; None where it stays as it is."""
        link = self._tracking.link(atoms)
        if link is None:
            return None
        return f"{self._tracking.clicks}{self.slots.mark(SlotKind.URL_PART, CLICK)}-{link_code(link)}"

    def url(self, source: str) -> Markup:
        """An address for `src`; empty when it is not safe."""
        return self._address(split_tags(source), SlotKind.URL, SlotKind.URL_PART)

    def href(self, source: str) -> Markup:
        """An address to go to; empty when it is not safe."""
        return self._href(split_tags(source))

    def _href(self, atoms: Sequence[Atom]) -> Markup:
        passing = self._passing(atoms)
        if passing is not None:
            return Markup(escape(passing, quote=True))  # noqa: S704
        return self._address(atoms, SlotKind.URL, SlotKind.URL_PART)

    def picture(self) -> str:
        """The address of the picture that says that the mail was opened; empty where it is not tracked."""
        opens = self._tracking.opens
        return f"{opens}{self.slots.mark(SlotKind.URL_PART, OPEN)}.gif" if opens else ""

    def comment_url(self, source: str) -> Markup:
        """As `href`, inside an Outlook conditional comment."""
        passing = self._passing(split_tags(source))
        if passing is not None:
            return Markup(for_comment(escape(passing)))  # noqa: S704
        atoms = [
            atom if isinstance(atom, MergeTag) else for_comment(escape(encode_address(atom.strip())))
            for atom in split_tags(source)
        ]
        if not is_safe_address(split_tags(source)):
            return Markup()
        whole = len(atoms) == 1
        kind = SlotKind.COMMENT_URL if whole else SlotKind.COMMENT_URL_PART
        marked = [self.slots.mark(kind, atom) if isinstance(atom, MergeTag) else atom for atom in atoms]
        return Markup("".join(marked))  # noqa: S704

    def _link(self, href: Sequence[Atom], color: str, name: str) -> str:
        address = self._href(href)
        look = f"color:{color};text-decoration:underline"
        return f'<a class="{name}" href="{address}" target="_blank" style="{look}">'

    def run(self, run: Run, color: str, name: str) -> Markup:
        """One paragraph. A link without a safe address is written as its words alone."""
        out: list[str] = []
        dead = False
        for piece in run:
            if isinstance(piece, str | MergeTag):
                out.append(self._atom(piece))
            elif isinstance(piece, Break):
                out.append("<br>")
            elif isinstance(piece, Close):
                if not (piece.mark == "link" and dead):
                    out.append(_CLOSING[piece.mark])
            elif piece.mark == "link":
                dead = not is_safe_address(piece.href)
                if not dead:
                    out.append(self._link(piece.href, color, name))
            else:
                out.append(_CODE if piece.mark == "code" else _OPENING[piece.mark])
        return Markup("".join(out))  # noqa: S704

    def inline(self, source: str, color: str, name: str) -> Markup:
        return self.run(parse_inline(source), color, name)

    def label(self, source: str) -> Markup:
        """A button's words: marks stay, a link inside the link does not."""
        pieces = [
            piece
            for piece in parse_inline(source)
            if not (isinstance(piece, Open | Close) and piece.mark == "link")
        ]
        return self.run(tuple(pieces), "", "")

    def prose(self, source: str, color: str, name: str) -> list[Markup]:
        return [self.run(run, color, name) for run in parse_prose(source)]

    def lines(self, source: str) -> Markup:
        """Lines of code: their spaces stay, in Outlook too, which knows no `white-space`."""
        kept = "".join(self._atom(atom) for atom in split_tags(source)).replace("\n", "<br>")
        return Markup(_SPACES.sub(lambda found: "&nbsp;" * len(found[0]), kept))  # noqa: S704

    def raw(self, source: str, link_class: str, color: str) -> Markup:
        """The author's own markup, cleaned."""
        words = partial(self.slots.mark, SlotKind.TEXT)
        return Markup(sanitise(source, words, self._raw_address, link_class, color))  # noqa: S704

    def _raw_address(self, attribute: str, atoms: Sequence[Atom]) -> str:
        """As `href` and `url`, for the sanitiser, which escapes what it is given."""
        passing = self._passing(atoms) if attribute == "href" else None
        if passing is not None:
            return passing
        if isinstance(atoms[0], MergeTag):
            return self.slots.mark(SlotKind.URL, atoms[0])
        return "".join(
            self.slots.mark(SlotKind.URL_PART, atom) if isinstance(atom, MergeTag) else encode_address(atom)
            for atom in atoms
        )

    def own_links(self, footer: Footer) -> list[tuple[Markup, Markup]]:
        """(label, address) of the links that a footer writes by itself."""
        return [
            (self.text(label), Markup(self.slots.mark(SlotKind.URL, MergeTag(name))))  # noqa: S704
            for label, name in links_in(footer)
        ]


def button_width(label: str, limit: int) -> int:
    """Outlook draws a button as a shape of fixed width; it is guessed from the words, generously."""
    return min(limit, 48 + 9 * max(4, len(words_of(parse_inline(label)))))


def render_html(document: Document, tracking: Tracking | None = None) -> Part:
    """The HTML part of a document. Unknown blocks are shown as a placeholder; sending refuses them before."""
    writer = _Writer(tracking)
    known = [block for block in document.every_block() if isinstance(block, BlockBase)]
    types = {type(block).model_fields["type"].default for block in known}
    used = {block.bg for block in known if block.bg}
    used |= {"muted"} if "code" in types else set()
    marked = _template().render(
        document=document,
        theme=document.theme,
        palette=palette_of(document.theme),
        types=types,
        dark=dark_rules(document.theme, tuple(sorted(used)), quotes="quote" in types),
        write=writer,
        button_width=button_width,
        networks=NETWORKS,
        cell_shares=SHARES,
    )
    return writer.slots.cut(marked.strip())


def sent_size(document: Document, tracking: Tracking | None = None) -> int:
    """Bytes of the HTML as it is sent, without the values of merge tags but with the tokens of its links."""
    part = render_html(document, tracking)
    tokens = sum(slot.tag in (CLICK, OPEN) for slot in part.slots)
    return part.literal_size + tokens * TOKEN_LENGTH
