"""The people: plausible, in many scripts, and within the rules that any contact keeps."""

import unicodedata
from datetime import date
from random import Random

import pytest

from backend.contacts.addresses import normal_address
from backend.demo.people import Person, make_people
from contract.clock import ManualClock
from contract.contacts import ContactStatus

NOW = ManualClock().now()


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return make_people(Random("people"), NOW, 10_000)


def test_addresses_are_valid_lead_nowhere_and_stand_in_order(people: list[Person]) -> None:
    addresses = [person.email for person in people]
    assert addresses == sorted(set(addresses))
    assert all(normal_address(address) == address for address in addresses)
    reserved = ("@example.com", "@example.org", "@example.net", ".example")
    assert all(address.endswith(reserved) for address in addresses)


@pytest.mark.parametrize(
    "script",
    "LATIN CYRILLIC GREEK ARABIC HEBREW DEVANAGARI THAI CJK HIRAGANA KATAKANA HANGUL GEORGIAN".split(),  # noqa: SIM905
)
def test_names_come_in_many_scripts(people: list[Person], script: str) -> None:
    assert sum(script in unicodedata.name(p.name[-1]) for p in people if p.name) >= 10


def test_names_are_written_from_right_to_left_and_with_combining_marks_too(people: list[Person]) -> None:
    names = [person.name for person in people if person.name]
    assert sum(unicodedata.bidirectional(name[0]) in ("R", "AL") for name in names) > 200
    assert sum(any(unicodedata.combining(c) for c in name) for name in names) > 200
    assert any(name != unicodedata.normalize("NFC", name) for name in names)


def test_most_can_be_mailed_and_some_left_or_bounced(people: list[Person]) -> None:
    shares = {
        status: sum(person.status is status for person in people) / len(people) for status in ContactStatus
    }
    assert 0.02 < shares[ContactStatus.UNSUBSCRIBED] < 0.04
    assert 0.005 < shares[ContactStatus.BOUNCED] < 0.015


def test_they_came_over_two_years(people: list[Person]) -> None:
    ages = [(NOW - person.created_at).days for person in people]
    assert 0 <= min(ages) < 10
    assert 700 < max(ages) <= 730
    assert all(person.created_at <= person.updated_at <= NOW for person in people)


def test_what_is_paid_for_has_seats_and_a_renewal_ahead(people: list[Person]) -> None:
    paying = [person.fields for person in people if person.fields.get("plan") in ("pro", "team")]
    assert all("seats" in fields for fields in paying)
    ahead = [date.fromisoformat(str(f["renewal"])) >= NOW.date() for f in paying if "renewal" in f]
    assert 0.85 < sum(ahead) / len(paying) < 1


@pytest.mark.parametrize("key", ["first_name", "city", "country", "plan", "vip", "language"])
def test_not_everything_is_known_of_everyone(people: list[Person], key: str) -> None:
    known = sum(key in person.fields for person in people) / len(people)
    assert 0.4 < known < 0.99
