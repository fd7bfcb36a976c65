"""The block document: what a person writes and what every renderer reads.

A document is a list of typed blocks with stable ids (`block_types`); only columns have blocks inside. It may
be unfinished: a draft without a subject is valid here; what sending needs is checked by lint and again by the
server at send.
A block of a type this program does not know is kept byte for byte and never sent.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from contract.block_types import (
    KNOWN,
    SHARES,
    Block,
    BlockBase,
    BlockId,
    Button,
    Code,
    ColorToken,
    Columns,
    Divider,
    Footer,
    Heading,
    Html,
    Image,
    ListBlock,
    Part,
    Quote,
    Social,
    SocialLink,
    Spacer,
    Text,
    Unknown,
)

__all__ = [
    "KNOWN", "MAX_BLOCKS", "SHARES", "VERSION", "Block", "BlockBase", "BlockId", "Button", "Code",
    "ColorToken", "Columns", "Divider", "Document", "Footer", "Heading", "Html", "Image", "ListBlock",
    "NewerDocumentError", "Quote", "Social", "SocialLink", "Spacer", "Text", "Theme", "Unknown",
    "WrittenDocument", "dump_document", "empty_document", "is_valid", "load_document",
]  # fmt: skip

VERSION = 1
MAX_BLOCKS = 200
"""Those inside columns counted."""

Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Theme(Part):
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


class Document(Part):
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
        for block in self.every_block():
            if block.id in seen:
                message = f"two blocks have the id {block.id}; each needs its own"
                raise ValueError(message)
            seen.add(block.id)
        if len(seen) > MAX_BLOCKS:
            message = f"a mail takes {MAX_BLOCKS} blocks, those in columns counted"
            raise ValueError(message)
        return self

    def every_block(self) -> Iterator[Block]:
        """In reading order; columns come before what is in them."""
        for block in self.blocks:
            yield block
            if isinstance(block, Columns):
                for cell in block.cells:
                    yield from cell

    def unknown_types(self) -> list[str]:
        """Types of the blocks this program does not know, in document order."""
        return [block.type for block in self.every_block() if isinstance(block, Unknown)]


def _all_known(document: Document) -> Document:
    blocks = enumerate(document.every_block(), start=1)
    unknown = [number for number, block in blocks if isinstance(block, Unknown)]
    if unknown:
        message = f"block {unknown[0]} is of a type that is not known here"
        raise ValueError(message)
    return document


WrittenDocument = Annotated[Document, AfterValidator(_all_known)]
"""What a server takes: it would not know how to send a block of a type it does not know."""


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
