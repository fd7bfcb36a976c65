"""The people of the demo: made up, always the same for one seed, and in the order of their addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random

from backend.demo.cultures import Culture, Name, cultures
from backend.demo.fields import PLANS
from contract.contacts import ContactStatus, FieldValue

HISTORY = timedelta(days=730)
YOUNGEST = timedelta(hours=2)

PLAN_WEIGHTS = (733, 44, 18)
WITHOUT_PLAN = 205
STATUSES = (ContactStatus.SUBSCRIBED, ContactStatus.UNSUBSCRIBED, ContactStatus.BOUNCED)
STATUS_WEIGHTS = (960, 30, 10)


@dataclass(frozen=True, slots=True)
class Person:
    """A contact to be. `fields` holds only what is known."""

    email: str
    name: str | None
    status: ContactStatus
    time_zone: str | None
    created_at: datetime
    updated_at: datetime
    fields: dict[str, FieldValue]


def _mailboxes(given: Name, family: Name, style: int) -> Iterator[str]:
    """The wished-for address first, then the ones a provider would offer instead."""
    forms = (
        f"{given.latin}.{family.latin}",
        f"{given.latin[0]}.{family.latin}",
        f"{family.latin}.{given.latin}",
        f"{given.latin}{family.latin[0]}",
        f"{given.latin}_{family.latin}",
    )
    wished = forms[style]
    yield wished
    yield from (f"{wished}{number}" for number in count(2))


class _Maker:
    """Makes one person after the other; every address once."""

    def __init__(self, random: Random, now: datetime) -> None:
        self._random = random
        self._now = now
        self._taken: set[str] = set()

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def person(self, culture: Culture) -> Person:
        given, family = self._random.choice(culture.given), self._random.choice(culture.family)
        created = self._created_at()
        named = self._chance(0.96)
        return Person(
            email=self._address(culture, given, family),
            name=culture.full_name(given, family) if named else None,
            status=self._random.choices(STATUSES, STATUS_WEIGHTS)[0],
            time_zone=culture.zone if self._chance(0.7) else None,
            created_at=created,
            updated_at=created + (self._now - created) * (self._random.random() ** 2),
            fields=self._fields(culture, given, named=named),
        )

    def _address(self, culture: Culture, given: Name, family: Name) -> str:
        domain = self._random.choice(culture.domains)
        mailboxes = _mailboxes(given, family, self._random.choices(range(5), (50, 18, 8, 14, 10))[0])
        address = next(a for mailbox in mailboxes if (a := f"{mailbox}@{domain}") not in self._taken)
        self._taken.add(address)
        return address

    def _created_at(self) -> datetime:
        """Over two years, more of them lately: the shop grows."""
        share: float = 1 - self._random.random() ** 0.7
        return self._now - max(HISTORY * share, YOUNGEST)

    def _fields(self, culture: Culture, given: Name, *, named: bool) -> dict[str, FieldValue]:
        known: dict[str, FieldValue] = {}
        if named and self._chance(0.95):
            known["first_name"] = given.native
        if self._chance(0.96):
            known["country"] = culture.country
        if self._chance(0.88):
            known["city"] = self._random.choices(culture.cities, culture.city_weights)[0]
        if self._chance(0.9):
            known["language"] = culture.language if self._chance(0.85) else "en"
        if self._chance(0.6):
            known["vip"] = self._chance(0.05)
        return known | self._subscription()

    def _subscription(self) -> dict[str, FieldValue]:
        """A plan, and what comes with one that is paid for."""
        plan = self._random.choices((None, *PLANS), (WITHOUT_PLAN, *PLAN_WEIGHTS))[0]
        if plan is None:
            return {}
        bought: dict[str, FieldValue] = {"plan": plan}
        if plan != "free":
            most = 8 if plan == "pro" else 60
            bought["seats"] = 1 + int((most - 1) * self._random.random() ** 2)
            if self._chance(0.93):
                day = self._now.date() + timedelta(days=self._random.randint(-20, 364))
                bought["renewal"] = day.isoformat()
        return bought


def make_people(random: Random, now: datetime, number: int) -> list[Person]:
    """`number` people in the order of their addresses, created within the two years before `now`."""
    maker = _Maker(random, now)
    weights = [culture.weight for culture in cultures()]
    origins = random.choices(cultures(), weights, k=number)
    return sorted((maker.person(origin) for origin in origins), key=lambda person: person.email)
