"""Which column of a file is which field: as the person says, or guessed from its heading."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.db.models.contact import CustomField
from backend.field_values import typed_value
from contract.contacts import ContactStatus, FieldType, FieldValue
from contract.problems import InvalidError

BUILT_IN = ("email", "name", "time_zone", "status")
GUESSES = {
    "email": "email",
    "e_mail": "email",
    "mail": "email",
    "email_address": "email",
    "e_mail_address": "email",
    "name": "name",
    "full_name": "name",
    "time_zone": "time_zone",
    "timezone": "time_zone",
    "status": "status",
}
_YES, _NO = ("true", "yes", "y", "1"), ("false", "no", "n", "0")


def _plain(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", heading.casefold()).strip("_")


def _guess(heading: str, fields: Mapping[str, CustomField]) -> str | None:
    plain = _plain(heading)
    if plain in fields:
        return plain
    by_label = next((f.key for f in fields.values() if f.label.casefold() == heading.casefold()), None)
    return by_label or GUESSES.get(plain)


def _given(pairs: Sequence[str], header: Sequence[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        column, equals, key = pair.rpartition("=")
        if not equals or column not in header:
            raise InvalidError.at("map", "expected COLUMN=FIELD with a column of the file")
        mapping[column] = key.strip()
    return mapping


def map_columns(
    header: Sequence[str], pairs: Sequence[str], fields: Mapping[str, CustomField]
) -> dict[int, str]:
    """Field key by column number; columns without one are left out. Raises `InvalidError`."""
    given = _given(pairs, header)
    columns: dict[int, str] = {}
    for index, heading in enumerate(header):
        key = given.get(heading, _guess(heading, fields) or "")
        if not key or (heading not in given and key in columns.values()):
            continue
        if key not in BUILT_IN and key not in fields:
            raise InvalidError.at("map", f"there is no field {key!r}")
        if key in columns.values():
            raise InvalidError.at("map", f"two columns are mapped to {key}")
        columns[index] = key
    if "email" not in columns.values():
        there = ", ".join(heading for heading in header if heading)[:200]
        raise InvalidError.at(
            "map", f"no column holds the e-mail address; name it as COLUMN=email. The file has: {there}"
        )
    return columns


@dataclass(slots=True)
class ImportedRow:
    """One row, checked. What is None was empty and changes nothing."""

    line: int
    email: str
    name: str | None
    time_zone: str | None
    status: ContactStatus | None
    shown: dict[str, FieldValue]
    slots: dict[str, str | float | None]


def _value(field: CustomField, text: str) -> FieldValue:
    match FieldType(field.type):
        case FieldType.NUMBER:
            try:
                return float(text)
            except ValueError:
                return text
        case FieldType.BOOL:
            lowered = text.lower()
            return True if lowered in _YES else False if lowered in _NO else text
        case _:
            return text


def typed_cells(
    cells: Mapping[str, str], fields: Mapping[str, CustomField]
) -> tuple[dict[str, FieldValue], dict[str, str | float | None]]:
    """(what is shown, what is compared) of the custom fields. Raises `ValueError` with the field's name."""
    shown: dict[str, FieldValue] = {}
    slots: dict[str, str | float | None] = {}
    for key, text in cells.items():
        if key in BUILT_IN or not text:
            continue
        try:
            shown[key], slots[fields[key].slot] = typed_value(fields[key], _value(fields[key], text))
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from None
    return shown, slots
