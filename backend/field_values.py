"""From what people type into a custom field to the typed slot that filters compare.

Text is casefolded, a date becomes days since 1970, true and false become 1 and 0. What people see stays
as it was typed.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.db.models.contact import SLOTS, CustomField
from contract.contacts import FieldType, FieldValue
from contract.problems import FieldError, InvalidError

MAX_TEXT = 2_000
EPOCH = date(1970, 1, 1).toordinal()
Slot = str | float | None


def slot_prefix(kind: FieldType) -> str:
    """`t` for text slots, `n` for numbers."""
    return "t" if kind in (FieldType.TEXT, FieldType.CHOICE) else "n"


def free_slot(kind: FieldType, taken: set[str]) -> str | None:
    """The first slot of this kind that no field uses."""
    prefix = slot_prefix(kind)
    return next((name for i in range(1, SLOTS + 1) if (name := f"{prefix}{i}") not in taken), None)


def _text(field: CustomField, value: object) -> tuple[FieldValue, Slot]:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError(f"expected text of at most {MAX_TEXT} characters")
    if field.type == FieldType.CHOICE:
        choices: list[str] = field.choices["choices"]
        match = next((choice for choice in choices if choice.casefold() == value.casefold()), None)
        if match is None:
            raise ValueError(f"expected one of {', '.join(choices)}")
        return match, match.casefold()
    return value, value.casefold()


def _number(value: object) -> tuple[FieldValue, Slot]:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) == float("inf"):
        raise ValueError("expected a number")
    return value, float(value)


def _bool(value: object) -> tuple[FieldValue, Slot]:
    if not isinstance(value, bool):
        raise ValueError("expected true or false")  # noqa: TRY004 - told to the person, not to a caller
    return value, float(value)


def _date(value: object) -> tuple[FieldValue, Slot]:
    message = "expected a date such as 2026-01-31"
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError(message)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(message) from None
    return value, float(day.toordinal() - EPOCH)


def typed_value(field: CustomField, value: FieldValue) -> tuple[FieldValue, Slot]:
    """(what is shown, what is compared). Raises `ValueError` with words for the person."""
    if value is None or value == "":
        return None, None
    match FieldType(field.type):
        case FieldType.NUMBER:
            return _number(value)
        case FieldType.BOOL:
            return _bool(value)
        case FieldType.DATE:
            return _date(value)
        case FieldType.TEXT | FieldType.CHOICE:
            return _text(field, value)


def typed_values(
    fields: Mapping[str, CustomField], values: Mapping[str, FieldValue]
) -> tuple[dict[str, Any], dict[str, Slot]]:
    """(attributes to show, slots to write) for the given keys. Raises `InvalidError` with every fault."""
    attrs: dict[str, Any] = {}
    slots: dict[str, Slot] = {}
    errors: list[FieldError] = []
    for key, value in values.items():
        field = fields.get(key)
        if field is None:
            errors.append(FieldError(path=f"fields.{key}", message="there is no such field"))
            continue
        try:
            attrs[key], slots[field.slot] = typed_value(field, value)
        except ValueError as error:
            errors.append(FieldError(path=f"fields.{key}", message=str(error)))
    if errors:
        raise InvalidError(f"{errors[0].path}: {errors[0].message}", errors=errors)
    return attrs, slots
