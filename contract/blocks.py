"""The block document: what a person writes and what every renderer reads.

A document is a flat list of typed blocks with stable ids. It may be unfinished: a draft without a
subject is valid here; what sending needs is checked by lint and again by the server at send.
A block of a type this program does not know is kept byte for byte and never sent.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from contract.ids import new_block_id

VERSION = 1
MAX_BLOCKS = 200

BlockId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Inline = Annotated[str, Field(max_length=2_000)]
"""One paragraph: markdown subset (bold, italic, code, strike, link, hard break) and merge tags."""
Prose = Annotated[str, Field(max_length=20_000)]
"""Paragraphs of `Inline`, separated by blank lines."""
Url = Annotated[str, Field(max_length=2_000)]
Align = Literal["left", "center", "right"]
ColorToken = Literal["tint", "accent", "muted"]
"""A named background with a light and a dark value. Free hex would give invisible text in dark mode."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class BlockBase(_Part):
    """What every block has: an id that never changes, inner padding and an optional background."""

    id: BlockId = Field(default_factory=new_block_id)
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


class Divider(BlockBase):
    """A thin rule, `thickness` in CSS pixels."""

    type: Literal["divider"] = "divider"
    thickness: Annotated[int, Field(ge=1, le=8)] = 1


class Spacer(BlockBase):
    """Empty space, `height` in CSS pixels."""

    type: Literal["spacer"] = "spacer"
    height: Annotated[int, Field(ge=4, le=120)] = 24


class Footer(BlockBase):
    """Who sends this, from where, and how to leave: what the law asks of bulk mail."""

    type: Literal["footer"] = "footer"
    text: Prose = ""
    address: Annotated[str, Field(max_length=300)] = ""
    unsubscribe: Annotated[str, Field(min_length=1, max_length=200)] = "Unsubscribe"


class Unknown(BaseModel):
    """A block written by a newer program: kept as it is, shown read-only, never sent."""

    model_config = ConfigDict(extra="allow")

    id: BlockId
    type: Annotated[str, Field(min_length=1, max_length=40)]


KNOWN: dict[str, type[BlockBase]] = {
    "heading": Heading,
    "text": Text,
    "button": Button,
    "image": Image,
    "divider": Divider,
    "spacer": Spacer,
    "footer": Footer,
}
"""Block types by name, in the order in which a person is offered them."""


def _tag_of(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return kind if isinstance(kind, str) and kind in KNOWN else "unknown"


Block = Annotated[
    Annotated[Heading, Tag("heading")]
    | Annotated[Text, Tag("text")]
    | Annotated[Button, Tag("button")]
    | Annotated[Image, Tag("image")]
    | Annotated[Divider, Tag("divider")]
    | Annotated[Spacer, Tag("spacer")]
    | Annotated[Footer, Tag("footer")]
    | Annotated[Unknown, Tag("unknown")],
    Discriminator(_tag_of),
]

Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Theme(_Part):
    """Colours and measures of one mail. `width` in CSS pixels."""

    page: Color = "#f4f4f5"
    card: Color = "#ffffff"
    text: Color = "#1f2937"
    muted: Color = "#6b7280"
    accent: Color = "#2563eb"
    on_accent: Color = "#ffffff"
    font: Literal["sans", "serif", "mono"] = "sans"
    radius: Annotated[int, Field(ge=0, le=24)] = 6
    width: Annotated[int, Field(ge=320, le=680)] = 600


class Document(_Part):
    """A whole mail: `{"version": 1, "subject": "Hello", "blocks": []}` is a valid draft."""

    version: Literal[1]
    subject: Annotated[str, Field(max_length=250)] = ""
    preheader: Annotated[str, Field(max_length=250)] = ""
    lang: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    dir: Literal["ltr", "rtl"] = "ltr"
    theme: Theme = Field(default_factory=Theme)
    blocks: Annotated[list[Block], Field(max_length=MAX_BLOCKS)] = []

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Document":
        seen: set[str] = set()
        for block in self.blocks:
            if block.id in seen:
                message = f"two blocks have the id {block.id}; each needs its own"
                raise ValueError(message)
            seen.add(block.id)
        return self

    def unknown_types(self) -> list[str]:
        """Types of the blocks this program does not know, in document order."""
        return [block.type for block in self.blocks if isinstance(block, Unknown)]


class NewerDocumentError(ValueError):
    """The document was written by a newer version of Handbill. It is left as it is."""


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From version n to n + 1, on plain dicts, before validation."""


def load_document(raw: dict[str, Any]) -> Document:
    """Upgrade and validate a stored document.

    Raises `NewerDocumentError` for a version from the future, `pydantic.ValidationError` otherwise.
    """
    version = raw.get("version")
    if isinstance(version, int) and not isinstance(version, bool):
        if version > VERSION:
            message = f"this document has version {version}; this program knows up to {VERSION}"
            raise NewerDocumentError(message)
        while version in MIGRATIONS and version < VERSION:
            raw = MIGRATIONS[version](raw)
            version = raw["version"]
    return Document.model_validate(raw)


def is_valid(raw: dict[str, Any]) -> bool:
    """Whether `load_document` would accept it."""
    try:
        load_document(raw)
    except (NewerDocumentError, ValidationError):
        return False
    return True


def dump_document(document: Document) -> dict[str, Any]:
    """The JSON form: camelCase, defaults included, unknown blocks unchanged."""
    return document.model_dump(mode="json", by_alias=True)


def empty_document() -> Document:
    """What a new campaign starts with: one text block and the footer that sending needs."""
    return Document(version=1, blocks=[Text(), Footer()])
