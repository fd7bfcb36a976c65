"""Where the demo's people come from: names in their own scripts, cities, and how addresses spell them.

The names are data (names.json). A name is written `native|latin`; a Latin one stands alone and loses its
accents in addresses. `*n` weighs a city, `_` is a space.
"""

import json
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Order = Literal["given-first", "family-first", "joined"]

_BEYOND_ACCENTS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "ß": "ss",
        "đ": "d",
        "\u0131": "i",
        "æ": "ae",
        "þ": "th",
        "ð": "d",
        "\u2019": "",
        " ": "",
    }
)


@dataclass(frozen=True, slots=True)
class Name:
    """`native` is what people see, `latin` what stands in an address."""

    native: str
    latin: str


@dataclass(frozen=True, slots=True)
class Culture:
    """`weight`: how many of the people are from here, against the others. City weights go with `cities`."""

    country: str
    language: str
    zone: str
    weight: int
    order: Order
    given: tuple[Name, ...]
    family: tuple[Name, ...]
    cities: tuple[str, ...]
    city_weights: tuple[int, ...]
    domains: tuple[str, ...]

    def full_name(self, given: Name, family: Name) -> str:
        """As people there write it."""
        match self.order:
            case "given-first":
                return f"{given.native} {family.native}"
            case "family-first":
                return f"{family.native} {given.native}"
            case "joined":
                return f"{family.native}{given.native}"


def to_ascii(text: str) -> str:
    """Lower case without accents: what a person with this name would take as an address."""
    plain = text.lower().translate(_BEYOND_ACCENTS)
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))


def _name(text: str, form: Literal["NFC", "NFD"]) -> Name:
    native, _, latin = text.replace("_", " ").partition("|")
    return Name(unicodedata.normalize(form, native), latin or to_ascii(native))


def _culture(raw: dict[str, Any]) -> Culture:
    form: Literal["NFC", "NFD"] = "NFD" if raw.get("decomposed") else "NFC"
    cities = [text.replace("_", " ").partition("*") for text in raw["cities"].split()]
    return Culture(
        country=raw["country"],
        language=raw["language"],
        zone=raw["zone"],
        weight=raw["weight"],
        order=raw.get("order", "given-first"),
        given=tuple(_name(text, form) for text in raw["given"].split()),
        family=tuple(_name(text, form) for text in raw["family"].split()),
        cities=tuple(city for city, _, _ in cities),
        city_weights=tuple(int(weight) for _, _, weight in cities),
        domains=tuple(raw["domains"].split()),
    )


@cache
def cultures() -> tuple[Culture, ...]:
    """All of them, in the order of the file."""
    text = files(__package__).joinpath("names.json").read_text(encoding="utf-8")
    return tuple(_culture(raw) for raw in json.loads(text))
