"""Custom fields: each gets a typed slot, and keeps it."""

from backend.db.feed import FeedChange
from backend.db.fields import custom_fields, definition_of, known_fields
from backend.db.models.contact import SLOTS, CustomField
from backend.field_values import free_slot
from backend.work import Work
from contract.contacts import FieldCreate, FieldDefinition, FieldList, FieldPatch, FieldType
from contract.feed import Kind
from contract.merge_tags import RESERVED
from contract.problems import ConflictError, InvalidError, MissingError


async def list_fields(work: Work) -> FieldList:
    """Built-in fields first."""
    return FieldList(fields=list((await known_fields(work.session)).values()))


async def create_field(work: Work, data: FieldCreate) -> FieldDefinition:
    """Raises `ConflictError` for a key in use or when no slot is left."""
    if data.key in RESERVED:
        raise InvalidError.at("key", "this name is filled in by the sender")
    if data.key in await known_fields(work.session):
        raise ConflictError(f"There is a field {data.key} already.")
    if data.type is FieldType.CHOICE and len({c.casefold() for c in data.choices}) != len(data.choices):
        raise InvalidError.at("choices", "each choice once")
    if (data.type is FieldType.CHOICE) != bool(data.choices):
        raise InvalidError.at("choices", "a field of type choice has choices, others have none")
    _check_page(data.type, asked=data.on_preferences)
    taken = {field.slot for field in await custom_fields(work.session)}
    slot = free_slot(data.type, taken)
    if slot is None:
        raise ConflictError(f"There are {SLOTS} fields of this kind already, and no room for more.")
    row = CustomField(
        key=data.key,
        type=data.type.value,
        slot=slot,
        label=data.label,
        choices={"choices": data.choices},
        on_preferences=data.on_preferences,
    )
    work.session.add(row)
    await work.session.flush()
    work.changed("field created", FeedChange(Kind.SETTINGS, "fields"))
    return definition_of(row)


def _check_page(kind: FieldType, *, asked: bool) -> None:
    if asked and kind is FieldType.NUMBER:
        raise InvalidError.at("onPreferences", "a number is nothing that people are asked for")


async def edit_field(work: Work, key: str, data: FieldPatch) -> FieldDefinition:
    """Raises `MissingError`; a built-in field is not among those that change."""
    row = next((field for field in await custom_fields(work.session) if field.key == key), None)
    if row is None:
        raise MissingError("There is no such field.")
    if data.label is not None:
        row.label = data.label
    if data.on_preferences is not None:
        _check_page(FieldType(row.type), asked=data.on_preferences)
        row.on_preferences = data.on_preferences
    await work.session.flush()
    work.changed("field edited", FeedChange(Kind.SETTINGS, "fields"))
    return definition_of(row)
