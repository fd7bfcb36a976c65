"""For whom a mail is previewed: a contact, or somebody made up who shows where a mail could break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.contact_values import values_of
from contract.contacts import FieldType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contract.contacts import Contact, FieldDefinition

_LONG_NAME = "Maria-Magdalena Wolfenstein-Hohenberger von und zu Oberammergau"
_LONG_ADDRESS = "maria-magdalena.wolfenstein-hohenberger@mail.company-with-a-long-name.example"
_LONG_WORDS = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch and Saint-Remy-en-Bouzemont"
_SAMPLES = {FieldType.NUMBER: "42", FieldType.DATE: "2026-03-01", FieldType.BOOL: "yes"}
_LONG = {FieldType.NUMBER: "1234567890.75", FieldType.DATE: "2026-12-31", FieldType.BOOL: "yes"}


@dataclass(frozen=True, slots=True)
class Reader:
    """`contact_id` is empty for somebody made up."""

    name: str
    email: str
    values: dict[str, str]
    contact_id: str = ""

    @property
    def key(self) -> str:
        """The same for the same person."""
        return self.contact_id or self.email


def reader_of(contact: Contact) -> Reader:
    """A contact as a reader."""
    return Reader(contact.name or contact.email, contact.email, values_of(contact), contact.id)


def samples(fields: Sequence[FieldDefinition]) -> list[Reader]:
    """A usual reader, one whose values are as long as they get, and one who has an address alone."""
    usual, long = {}, {}
    for field in fields:
        usual[field.key] = _SAMPLES.get(field.type) or next(iter(field.choices), field.label)
        long[field.key] = _LONG.get(field.type) or max(field.choices, key=len, default=_LONG_WORDS)
    usual |= {"name": "Sam Example", "email": "sam@example.com"}
    long |= {"name": _LONG_NAME, "email": _LONG_ADDRESS}
    bare = {"email": "nameless@example.com", "status": "subscribed"}
    return [
        Reader("a sample", usual["email"], usual),
        Reader("the longest values", long["email"], long),
        Reader("only an address", bare["email"], bare),
    ]
