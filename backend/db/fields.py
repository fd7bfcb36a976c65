"""The fields a filter or a merge tag may name in this session's organisation."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.contact import CustomField
from contract.contacts import BUILT_IN_FIELDS, FieldDefinition, FieldType


def definition_of(row: CustomField) -> FieldDefinition:
    """A custom field as the contract knows it."""
    return FieldDefinition(
        key=row.key,
        type=FieldType(row.type),
        label=row.label,
        choices=list(row.choices["choices"]),
        on_preferences=row.on_preferences,
    )


async def custom_fields(session: AsyncSession) -> list[CustomField]:
    """By key."""
    return list(await session.scalars(select(CustomField).order_by(CustomField.key)))


async def known_fields(session: AsyncSession) -> dict[str, FieldDefinition]:
    """Built-in fields first, then the organisation's own."""
    own = [definition_of(row) for row in await custom_fields(session)]
    return {field.key: field for field in (*BUILT_IN_FIELDS, *own)}
