"""Contacts, made up but always the same: a list of any length, in the order of their addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from contract.contacts import (
    BUILT_IN_FIELDS,
    Contact,
    ContactList,
    ContactStatus,
    FieldDefinition,
    FieldType,
)
from contract.problems import EmailTakenError, InvalidError, MissingError
from contract.wire import format_timestamp
from sync.errors import RefusedError

if TYPE_CHECKING:
    from tui.memory.hub import Hub

_FIRST = (  # noqa: SIM905  # shorter than a list
    "Ana Amir Beatriz Bruno Carla Chloé Daniel Dóra Elena Emil Farah Felix Greta Hugo Ines Ivan Jana Jonas "
    "Karin Kofi Lena Luca Mara Mateo Nadia Noah Olga Oskar Paula Pedro Rosa Sami Sofia Tariq Tilda Uwe "
    "Vera Viktor Wanda Yara Zoë 美咲"
).split()
_LAST = (  # noqa: SIM905
    "Almeida Berg Costa Dubois Eriksen Fischer García Haas Ito Jansen Kovács Lima Moreau Novak Olsen Pires"
).split()
_DOMAINS = ("example.com", "example.org", "mail.example", "studio.example", "example.net")
_PLANS = ("free", "free", "pro", "team")
_CITIES = ("Lisbon", "Berlin", "Oslo", "Lyon", "Porto", "Kraków", "Madrid", "Ghent")
_START = datetime(2024, 1, 8, 10, 0, tzinfo=UTC)

FIELDS = (
    *BUILT_IN_FIELDS,
    FieldDefinition(key="city", type=FieldType.TEXT, label="City"),
    FieldDefinition(key="orders", type=FieldType.NUMBER, label="Orders"),
    FieldDefinition(key="plan", type=FieldType.CHOICE, label="Plan", choices=["free", "pro", "team"]),
    FieldDefinition(key="birthday", type=FieldType.DATE, label="Birthday"),
    FieldDefinition(key="vip", type=FieldType.BOOL, label="VIP"),
)


def make_contact(number: int) -> Contact:
    """The contact of that number; every 29th has left, every 41st bounced."""
    first, last = _FIRST[number % len(_FIRST)], _LAST[number * 7 % len(_LAST)]
    mailbox = f"{first}.{last}".encode("ascii", "ignore").decode().lower().strip(".") or "misaki"
    status = ContactStatus.SUBSCRIBED
    if number % 29 == 0:
        status = ContactStatus.UNSUBSCRIBED
    elif number % 41 == 0:
        status = ContactStatus.BOUNCED
    created = _START + timedelta(hours=number * 5)
    return Contact(
        id=str(1000 + number),
        org_id="1",
        email=f"{mailbox}{number}@{_DOMAINS[number % len(_DOMAINS)]}",
        name=f"{first} {last}",
        status=status,
        time_zone="Europe/Lisbon",
        fields={
            "city": _CITIES[number * 3 % len(_CITIES)],
            "orders": float(number * 13 % 37),
            "plan": _PLANS[number % len(_PLANS)],
            "birthday": f"19{60 + number % 40}-{1 + number % 12:02}-{1 + number % 28:02}",
            "vip": number % 17 == 0,
        },
        created_at=created,
        updated_at=format_timestamp(created),
    )


def found(contacts: list[Contact], query: str) -> list[Contact]:
    """Contacts whose address or name has the words."""
    words = query.lower().split()
    return [c for c in contacts if all(w in f"{c.email} {c.name or ''}".lower() for w in words)]


class MemoryContacts:
    """All contacts in memory, by address."""

    def __init__(self, hub: Hub, count: int) -> None:
        self._hub = hub
        self.everyone = sorted((make_contact(n) for n in range(1, count + 1)), key=lambda c: c.email)
        self.asked: list[tuple[int, int, str]] = []
        self.remembered = False

    async def page(self, offset: int, limit: int, query: str = "") -> ContactList:
        self._hub.reach_server()
        self.asked.append((offset, limit, query))
        matching = found(self.everyone, query) if query else self.everyone
        return ContactList(
            contacts=matching[offset : offset + limit], next_cursor=None, total=len(matching), offset=offset
        )

    async def get(self, id: str) -> Contact:
        self._hub.reach_server()
        contact = next((c for c in self.everyone if c.id == id), None)
        if contact is None:
            raise RefusedError(MissingError("This contact is no longer there."))
        return contact

    async def create(self, email: str, name: str) -> Contact:
        self._hub.reach_server()
        if "@" not in email:
            raise RefusedError(InvalidError("An address looks like ana@example.com."))
        if any(c.email == email for c in self.everyone):
            raise RefusedError(EmailTakenError())
        made = make_contact(len(self.everyone) + 1).model_copy(update={"email": email, "name": name or None})
        self.everyone = sorted([*self.everyone, made], key=lambda c: c.email)
        return made

    async def fields(self) -> list[FieldDefinition]:
        self._hub.reach_server()
        return list(FIELDS)
