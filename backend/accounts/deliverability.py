"""Examining one sending account. Everybody in the organisation may: it reads public records only."""

import asyncio
import ipaddress
from collections.abc import Awaitable

from sqlalchemy import select

from backend.accounts.dkim_service import to_wire
from backend.accounts.domain_checks import (
    Sender,
    check_dkim,
    check_dmarc,
    check_return,
    check_spf,
    no_dkim,
)
from backend.accounts.service import find_account
from backend.db.models.account import SendingAccount
from backend.db.models.dkim import DkimKey
from backend.dkim_keys import ascii_domain
from backend.names import NamesError
from backend.work import Work
from contract.deliverability import CheckState, Deliverability, DomainCheck

RESERVED = (".test", ".example", ".invalid", ".localhost", ".local")
"""Nobody can publish records there (RFC 2606, RFC 6762)."""
LONGEST_SECONDS = 20.0
"""For each check, however many lookups it takes."""


async def examine(work: Work, account_id: str) -> Deliverability:
    """Raises `MissingError`."""
    account = await find_account(work, account_id)
    domain = ascii_domain(account.from_email)
    if (why := _stays_here(account, domain)) is not None:
        found = [DomainCheck(name="Domain", state=CheckState.NOTE, detail=why)]
        return Deliverability(account_id=str(account.id), domain=domain, checks=found)
    sender = Sender(
        domain=domain,
        envelope=ascii_domain(account.bounce_address or account.from_email),
        host=account.host,
        keys=[to_wire(row, account) for row in await _keys(work, account)],
    )
    names = work.ports.names
    asked = [
        _answered("SPF", check_spf(names, sender)),
        *(_answered(f"DKIM {key.selector}", check_dkim(names, key)) for key in sender.keys),
        _answered("DMARC", check_dmarc(names, sender)),
        _answered("Bounces", check_return(names, sender)),
    ]
    checks = await asyncio.gather(*asked)
    if not sender.keys:
        checks.insert(1, no_dkim(sender))
    return Deliverability(account_id=str(account.id), domain=domain, checks=checks)


async def _answered(name: str, check: Awaitable[DomainCheck]) -> DomainCheck:
    """Within bounds: a domain's records may send us to many others, and its servers may take their time."""
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await check
    except TimeoutError:
        words = "Not known: looking it up took too long."
        return DomainCheck(name=name, state=CheckState.UNKNOWN, detail=words)
    except NamesError as error:
        return DomainCheck(name=name, state=CheckState.UNKNOWN, detail=f"Not known: {error}")


def _stays_here(account: SendingAccount, domain: str) -> str | None:
    """Why there is nothing to look up, if there is not."""
    if account.host == "localhost" or _is_loopback(account.host):
        return f"{account.host} is this computer: what receivers think of {domain} does not matter here."
    if f".{domain}".endswith(RESERVED):
        return f"{domain} is a name for examples: nobody can publish records for it."
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _keys(work: Work, account: SendingAccount) -> list[DkimKey]:
    query = select(DkimKey).where(DkimKey.account_id == account.id).order_by(DkimKey.id)
    return list(await work.session.scalars(query))
