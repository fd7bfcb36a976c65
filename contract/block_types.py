"""The types of blocks: what each one has, and what a value may be.

All but columns stand anywhere; columns hold what the others are, one level deep, so that a mail stays a
list that can be read from top to bottom.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic.alias_generators import to_camel

from contract.ids import new_block_id
from contract.show_if import ShowIf

MOST_IN_CELL = 20

BlockId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Inline = Annotated[str, Field(max_length=2_000)]
"""One paragraph: markdown subset (bold, italic, code, strike, link, hard break) and merge tags."""
Prose = Annotated[str, Field(max_length=20_000)]
"""Paragraphs of `Inline`, separated by blank lines."""
Url = Annotated[str, Field(max_length=2_000)]
Align = Literal["left", "center", "right"]
ColorToken = Literal["tint", "accent", "muted"]
"""A named background with a light and a dark value. Free hex would give invisible text in dark mode."""
Ratio = Literal["1:1", "1:2", "2:1", "1:1:1"]
Network = Literal[
    "website", "mastodon", "bluesky", "threads", "x", "facebook", "instagram", "linkedin", "youtube",
    "tiktok", "github", "discord", "telegram", "whatsapp", "podcast", "rss",
]  # fmt: skip


class Part(BaseModel):
    """What is on the wire as a part of a document: camelCase, nothing unknown."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class BlockBase(Part):
    """What every block has: an id that never changes, who is shown it, padding and background."""

    id: BlockId = Field(default_factory=new_block_id)
    show_if: ShowIf | None = None
    bg: ColorToken | None = None
    pad: Literal["none", "s", "m", "l"] = "m"


class Heading(BlockBase):
    """A title of level 1 to 3."""

    type: Literal["heading"] = "heading"
    text: Inline = ""
    level: Literal[1, 2, 3] = 1
    align: Align = "left"


class Text(BlockBase):
    """Paragraphs."""

    type: Literal["text"] = "text"
    text: Prose = ""
    align: Align = "left"
    size: Literal["s", "m", "l"] = "m"


class Button(BlockBase):
    """A link that looks like a button, in Outlook too."""

    type: Literal["button"] = "button"
    label: Inline = ""
    href: Url = ""
    kind: Literal["primary", "secondary"] = "primary"
    align: Align = "left"
    full: bool = False


class Image(BlockBase):
    """A picture by address, with a text for those who do not see it."""

    type: Literal["image"] = "image"
    src: Url = ""
    alt: Annotated[str, Field(max_length=500)] = ""
    decorative: bool = False
    href: Url = ""
    width: Annotated[int, Field(ge=16, le=600)] = 552
    align: Align = "center"


class ListBlock(BlockBase):
    """Points, with bullets or numbers."""

    type: Literal["list"] = "list"
    items: Annotated[list[Inline], Field(max_length=50)] = []
    ordered: bool = False


class Quote(BlockBase):
    """Somebody's words, and whose they are."""

    type: Literal["quote"] = "quote"
    text: Prose = ""
    cite: Inline = ""


class Code(BlockBase):
    """Lines that keep their spaces. No markdown; merge tags are filled in."""

    type: Literal["code"] = "code"
    text: Annotated[str, Field(max_length=5_000)] = ""


class SocialLink(Part):
    """Where else the sender can be found."""

    network: Network
    href: Url


class Social(BlockBase):
    """Links to other places, in words: pictures of logos would be blocked in most inboxes."""

    type: Literal["social"] = "social"
    links: Annotated[list[SocialLink], Field(max_length=10)] = []
    align: Align = "center"


class Html(BlockBase):
    """Markup of the author's own, cleaned before it is sent; `text` is what the plain-text part says."""

    type: Literal["html"] = "html"
    html: Annotated[str, Field(max_length=50_000)] = ""
    text: Prose = ""


class Divider(BlockBase):
    """A thin rule, `thickness` in CSS pixels."""

    type: Literal["divider"] = "divider"
    thickness: Annotated[int, Field(ge=1, le=8)] = 1


class Spacer(BlockBase):
    """Empty space, `height` in CSS pixels."""

    type: Literal["spacer"] = "spacer"
    height: Annotated[int, Field(ge=4, le=120)] = 24


class Footer(BlockBase):
    """Who sends this, from where, and how to leave: what the law asks of bulk mail.

    `preferences` and `view` are labels of links to the recipient's preferences and to the mail in a browser;
    empty: no such link.
    """

    type: Literal["footer"] = "footer"
    text: Prose = ""
    address: Annotated[str, Field(max_length=300)] = ""
    unsubscribe: Annotated[str, Field(min_length=1, max_length=200)] = "Unsubscribe"
    preferences: Annotated[str, Field(max_length=200)] = ""
    view: Annotated[str, Field(max_length=200)] = ""


class Unknown(BaseModel):
    """A block written by a newer program: kept as it is, shown read-only, never sent."""

    model_config = ConfigDict(extra="allow")

    id: BlockId
    type: Annotated[str, Field(min_length=1, max_length=40)]


IN_CELLS: dict[str, type[BlockBase]] = {
    "heading": Heading,
    "text": Text,
    "button": Button,
    "image": Image,
    "list": ListBlock,
    "quote": Quote,
    "code": Code,
    "social": Social,
    "html": Html,
    "divider": Divider,
    "spacer": Spacer,
}
"""What may stand in a column."""

_NAMES = frozenset({*IN_CELLS, "columns", "footer"})


def tag_of(value: Any) -> str:
    """The kind a block is read as: its type, or unknown where no part of this program knows it."""
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return kind if isinstance(kind, str) and kind in _NAMES else "unknown"


Leaf = (
    Annotated[Heading, Tag("heading")]
    | Annotated[Text, Tag("text")]
    | Annotated[Button, Tag("button")]
    | Annotated[Image, Tag("image")]
    | Annotated[ListBlock, Tag("list")]
    | Annotated[Quote, Tag("quote")]
    | Annotated[Code, Tag("code")]
    | Annotated[Social, Tag("social")]
    | Annotated[Html, Tag("html")]
    | Annotated[Divider, Tag("divider")]
    | Annotated[Spacer, Tag("spacer")]
    | Annotated[Unknown, Tag("unknown")]
)
Cell = Annotated[list[Annotated[Leaf, Discriminator(tag_of)]], Field(max_length=MOST_IN_CELL)]

SHARES: dict[str, tuple[int, ...]] = {"1:1": (1, 1), "1:2": (1, 2), "2:1": (2, 1), "1:1:1": (1, 1, 1)}
"""How much of the width each column has."""


class Columns(BlockBase):
    """Blocks side by side; on a phone under each other, unless `stack` is off."""

    type: Literal["columns"] = "columns"
    ratio: Ratio = "1:1"
    stack: bool = True
    cells: list[Cell] = [[], []]

    @model_validator(mode="after")
    def _a_cell_for_each_share(self) -> "Columns":
        wanted = len(SHARES[self.ratio])
        if len(self.cells) != wanted:
            message = f"columns of {self.ratio} have {wanted} cells, not {len(self.cells)}"
            raise ValueError(message)
        return self


KNOWN: dict[str, type[BlockBase]] = {**IN_CELLS, "columns": Columns, "footer": Footer}
"""Block types by name."""

AnyBlock = Leaf | Annotated[Columns, Tag("columns")] | Annotated[Footer, Tag("footer")]
Block = Annotated[AnyBlock, Discriminator(tag_of)]
