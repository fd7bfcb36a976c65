"""The custom fields of the demo's shop."""

from contract.contacts import FieldCreate, FieldType

PLANS = ("free", "pro", "team")


def shop_fields(countries: list[str], languages: list[str]) -> list[FieldCreate]:
    """What the shop knows of its customers."""
    return [
        FieldCreate(key="first_name", type=FieldType.TEXT, label="First name"),
        FieldCreate(key="city", type=FieldType.TEXT, label="City"),
        FieldCreate(key="country", type=FieldType.CHOICE, label="Country", choices=countries),
        FieldCreate(key="plan", type=FieldType.CHOICE, label="Plan", choices=list(PLANS)),
        FieldCreate(key="seats", type=FieldType.NUMBER, label="Seats"),
        FieldCreate(key="renewal", type=FieldType.DATE, label="Renewal"),
        FieldCreate(key="vip", type=FieldType.BOOL, label="VIP"),
        FieldCreate(key="language", type=FieldType.CHOICE, label="Language", choices=languages),
    ]
