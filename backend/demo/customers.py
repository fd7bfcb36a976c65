"""Writing the demo's contacts: fields first, then everyone in the order of their addresses."""

from dataclasses import dataclass
from typing import Any

from backend.db.feed import FeedChange, take_row_ids
from backend.db.models.contact import Contact, ContactAttrs, CustomField, Suppression
from backend.demo.cultures import cultures
from backend.demo.fields import shop_fields
from backend.demo.people import Person, make_people
from backend.demo.stage import Stage
from backend.field_values import free_slot, typed_values
from backend.suppressing import address_hash
from contract.contacts import ContactStatus
from contract.feed import Kind

COMPLAINED, BY_HAND = "complaint", "by hand"
COMPLAINTS = 5
STRANGERS = ("lawyer@example.org", "no-mail-please@example.com", "spamtrap@trap.example")
"""Addresses that asked never to be written to and belong to no contact."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with the id their contact has."""

    id: int
    person: Person


async def add_fields(stage: Stage) -> dict[str, CustomField]:
    """By key."""
    known = cultures()
    countries = sorted({culture.country for culture in known})
    languages = sorted({culture.language for culture in known})
    made: dict[str, CustomField] = {}
    for wanted in shop_fields(countries, languages):
        slot = free_slot(wanted.type, {field.slot for field in made.values()})
        assert slot is not None
        made[wanted.key] = CustomField(
            key=wanted.key,
            type=wanted.type.value,
            slot=slot,
            label=wanted.label,
            choices={"choices": wanted.choices},
        )
    stage.session.add_all(made.values())
    stage.markers.append(FeedChange(Kind.SETTINGS, "fields"))
    return made


async def add_customers(stage: Stage, fields: dict[str, CustomField], number: int) -> list[Customer]:
    """Everyone, with ids in the order of their addresses: the cheapest order to write and to read."""
    people = make_people(stage.random, stage.now, number)
    ids = await take_row_ids(stage.session, number)
    customers = [Customer(row_id, person) for row_id, person in zip(ids, people, strict=True)]
    await _write(stage, fields, customers)
    await _suppress(stage, customers)
    stage.markers.append(FeedChange(Kind.CONTACTS, ""))
    return customers


async def _write(stage: Stage, fields: dict[str, CustomField], customers: list[Customer]) -> None:
    no_slots = dict.fromkeys((field.slot for field in fields.values()), None)
    contacts: list[dict[str, Any]] = []
    attributes: list[dict[str, Any]] = []
    for customer in customers:
        shown, slots = typed_values(fields, customer.person.fields)
        contacts.append(_columns(customer) | no_slots | slots)
        attributes.append({"contact_id": customer.id, "attrs": shown})
    await stage.insert_many(Contact, contacts)
    await stage.insert_many(ContactAttrs, attributes)


def _columns(customer: Customer) -> dict[str, Any]:
    person = customer.person
    return {
        "id": customer.id,
        "email": person.email,
        "name": person.name,
        "name_folded": person.name.casefold() if person.name else None,
        "status": person.status.value,
        "time_zone": person.time_zone,
        "created_at": person.created_at,
        "updated_at": person.updated_at,
        "rev": customer.id,
    }


async def _suppress(stage: Stage, customers: list[Customer]) -> None:
    """Everyone who bounced, a few who complained, and a few whom nobody knows."""
    bounced = [c.person for c in customers if c.person.status is ContactStatus.BOUNCED]
    subscribed = [c.person for c in customers if c.person.status is ContactStatus.SUBSCRIBED]
    complained = stage.random.sample(subscribed, min(COMPLAINTS, len(subscribed)))
    ids = {customer.person.email: customer.id for customer in customers}
    reasons = [(person.email, "bounced", person.updated_at) for person in bounced]
    reasons += [(person.email, COMPLAINED, person.updated_at) for person in complained]
    reasons += [(address, BY_HAND, stage.ago(200)) for address in STRANGERS]
    rows = [
        {
            "address_hash": address_hash(address),
            "reason": reason,
            "since": since,
            "contact_id": ids.get(address),
            "source_id": None,
        }
        for address, reason, since in reasons
    ]
    await stage.insert_many(Suppression, rows)
