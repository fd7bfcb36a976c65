"""Merge tags: `{{ first_name | there }}`.

One grammar for subject, HTML, text, links and lint. A tag is lifted out as data; the text around it is
never compiled as a template, so nothing a person or a contact types can run.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FIELD_PATTERN = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:_[a-z0-9]+)*){0,2}"
MERGE_TAG = re.compile(r"\{\{\s*(" + FIELD_PATTERN + r")\s*(?:\|([^{}|\n]{0,200}))?\}\}")

RESERVED = ("unsubscribe_url", "preferences_url", "view_url")
"""Filled in by the sender, whatever the contact's fields are."""

CLICK_TOKEN, OPEN_TOKEN = "/t", "/o"
"""What tracked links and the picture of an opened mail are signed with; no person can write such names."""
SENDERS_OWN = frozenset({*RESERVED, CLICK_TOKEN, OPEN_TOKEN})
"""Never looked up among a contact's fields."""

NO_LINKS: Mapping[str, str] = MappingProxyType({})
"""For a mail that nobody is sent: the reserved names stand for nothing."""


@dataclass(frozen=True, slots=True)
class MergeTag:
    """A field of the contact and what stands there when the contact has none."""

    field: str
    fallback: str | None = None

    def __str__(self) -> str:
        return f"{{{{ {self.field} | {self.fallback} }}}}" if self.fallback else f"{{{{ {self.field} }}}}"


def tag_of(match: re.Match[str]) -> MergeTag:
    """The tag a `MERGE_TAG` match stands for."""
    fallback = match[2]
    return MergeTag(match[1], fallback.strip() if fallback is not None else None)


def find_tags(text: str) -> list[MergeTag]:
    """Every tag in a text, in order, repeats included."""
    return [tag_of(match) for match in MERGE_TAG.finditer(text)]
