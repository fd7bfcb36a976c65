"""What is an e-mail address."""

import re
from functools import lru_cache

# Plain addresses, as nearly all are; whatever is odd goes to the full grammar.
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_PLAIN = re.compile(rf"[a-z0-9][a-z0-9_+-]*(?:\.[a-z0-9_+-]+)*@({_LABEL}(?:\.{_LABEL})+)")
MAX_LOCAL = 64


@lru_cache(maxsize=50_000)
def _domain_fits(domain: str) -> bool:
    return _full_check(f"a@{domain}") is not None


def _full_check(address: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.normalized.lower() if len(checked.local_part) <= MAX_LOCAL else None


def normal_address(text: str) -> str | None:
    """The address in lower case, as it is kept and compared; None if it is not one."""
    address = text.strip().lower()
    if len(address) > 254:
        return None
    match = _PLAIN.fullmatch(address)
    if match and len(address) - len(match[1]) - 1 <= MAX_LOCAL and _domain_fits(match[1]):
        return address
    return _full_check(address)
