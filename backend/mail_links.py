"""Signed tokens in mails: whoever holds one may do one thing for one contact, and nothing else.

    <org>-<contact>-<delivery>-<signature>      numbers in base 36, the signature in base 32

The purpose is part of what is signed, so that a link that is passed on to be read in a browser never passes
for one that unsubscribes. They never expire: a link in a mail must work for as long as the mail is kept.
"""

import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from backend.short_signatures import short_signature
from render_preview.tracking import page_prefix

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_TOKEN = re.compile(r"([0-9a-z]{1,13})-([0-9a-z]{1,13})-([0-9a-z]{1,13})-([a-z2-7]{24})")


class Purpose(StrEnum):
    """What a link is for."""

    UNSUBSCRIBE = "unsubscribe"
    PREFERENCES = "preferences"
    VIEW = "view"
    BOUNCE = "bounce"
    CLICK = "click"
    OPEN = "open"


PATHS = {Purpose.UNSUBSCRIBE: "/u", Purpose.PREFERENCES: "/p", Purpose.VIEW: "/v"}
"""Where the pages are."""


@dataclass(frozen=True, slots=True)
class MailClaim:
    """Who is meant. `delivery_id` 0: a test mail, where there is nothing to do."""

    org_id: int
    contact_id: int
    delivery_id: int


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


def _signature(secret: bytes, purpose: Purpose, claim: str) -> str:
    return short_signature(secret, f"{purpose}:{claim}")


@lru_cache(maxsize=256)
def _spelled(claim: MailClaim) -> str:
    """A mail has several tokens of one claim."""
    return f"{_base36(claim.org_id)}-{_base36(claim.contact_id)}-{_base36(claim.delivery_id)}"


def make_token(secret: bytes, purpose: Purpose, claim: MailClaim) -> str:
    """Signed with the organisation's sending secret."""
    plain = _spelled(claim)
    return f"{plain}-{_signature(secret, purpose, plain)}"


def page_address(public_url: str, secret: bytes, purpose: Purpose, claim: MailClaim) -> str:
    """The whole link, as it stands in a mail."""
    return f"{page_prefix(public_url, PATHS[purpose])}{make_token(secret, purpose, claim)}"


def read_unverified(token: str) -> MailClaim | None:
    """What a token says, so that the right secret can be looked up; None if it cannot be one."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    org_id, contact_id, delivery_id = (int(part, 36) for part in match.groups()[:3])
    if max(org_id, contact_id, delivery_id) >= 2**63:
        return None
    return MailClaim(org_id, contact_id, delivery_id)


def is_genuine(secret: bytes, purpose: Purpose, token: str) -> bool:
    """Whether this secret signed it for this purpose."""
    plain, _, signature = token.rpartition("-")
    return hmac.compare_digest(_signature(secret, purpose, plain).encode(), signature.encode())


def return_path(bounce_address: str, secret: bytes, claim: MailClaim) -> str:
    """Where the bounce of one mail comes: `bounces+TOKEN@example.com`."""
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{make_token(secret, Purpose.BOUNCE, claim)}@{domain}"
