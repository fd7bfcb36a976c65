"""SPF (RFC 7208): which servers a domain allows to send for it.

Receivers follow at most ten terms that need a lookup (section 4.6.4) and give up on a domain with two records
(section 4.5), so both count as no record at all.
"""

import ipaddress
import re
from dataclasses import dataclass, field

from backend.names import Names

MOST_LOOKUPS = 10
_TERM = re.compile(
    r"(?P<qualifier>[-+~?]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists|redirect)"
    r"(?:[:=](?P<value>[^\s/]+))?(?P<prefix>(?:/\d{1,3})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
_ASKING = {"include", "a", "mx", "ptr", "exists", "redirect"}
_MEANINGS = {"+": "pass", "": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class SpfError(Exception):
    """A receiver would give up here; the text says why."""


@dataclass(slots=True)
class Spf:
    """What following a record found. `covers`: it allows one of the addresses that were asked about.

    `ends`: what it says of all other servers: pass, fail, softfail, neutral, or empty if nothing.
    """

    record: str
    lookups: int = 0
    covers: bool = False
    ends: str = ""
    not_followed: list[str] = field(default_factory=list)


async def spf_record(names: Names, domain: str) -> str | None:
    """Raises `SpfError` where there are several."""
    found = [text for text in await names.texts(domain) if re.match(r"v=spf1(\s|$)", text, re.IGNORECASE)]
    if len(found) > 1:
        message = f"{domain} has {len(found)} SPF records, so receivers heed none: join them in one"
        raise SpfError(message)
    return found[0] if found else None


async def follow_spf(names: Names, domain: str, addresses: list[str]) -> Spf | None:
    """None if the domain has no record. Raises `SpfError` and `NamesError`."""
    record = await spf_record(names, domain)
    if record is None:
        return None
    spf = Spf(record)
    spf.ends = await _Walk(names, [ipaddress.ip_address(address) for address in addresses], spf).of(
        domain, record
    )
    return spf


@dataclass(frozen=True, slots=True)
class _Walk:
    names: Names
    asked: list[ipaddress.IPv4Address | ipaddress.IPv6Address]
    spf: Spf

    async def of(self, domain: str, record: str) -> str:
        ends = ""
        redirect: str | None = None
        for term in record.split()[1:]:
            match = _TERM.fullmatch(term)
            if match is None:
                if "=" not in term:  # an unknown modifier is passed over, an unknown mechanism is an error
                    message = f"the SPF record of {domain} has “{term}”, which receivers cannot read"
                    raise SpfError(message)
                continue
            name, value = match["name"].lower(), match["value"] or ""
            self._count(name, domain)
            meaning = _MEANINGS[match["qualifier"]]
            if name == "all":
                return meaning
            if name == "redirect":
                redirect = value
            elif "%" in value or name in {"exists", "ptr"}:
                self.spf.not_followed.append(term)
            elif meaning == "pass":
                await self._allow(name, value or domain, match["prefix"])
        return ends if redirect is None else await self._into(redirect)

    def _count(self, name: str, domain: str) -> None:
        self.spf.lookups += name in _ASKING
        if self.spf.lookups > MOST_LOOKUPS:
            message = f"the SPF record of {domain} needs more than {MOST_LOOKUPS} lookups: receivers give up"
            raise SpfError(message)

    async def _into(self, domain: str) -> str:
        record = await spf_record(self.names, domain)
        if record is None:
            message = f"its SPF record names {domain}, which has none"
            raise SpfError(message)
        return await self.of(domain, record)

    async def _allow(self, name: str, value: str, prefix: str) -> None:
        if name == "include":
            await self._into(value)
        elif name in {"ip4", "ip6"}:
            self._cover([f"{value}{prefix}"])
        elif name == "a":
            self._cover(_networks(await self.names.addresses(value), prefix))
        elif name == "mx":
            for host in (await self.names.mail_servers(value))[:MOST_LOOKUPS]:
                self._cover(_networks(await self.names.addresses(host), prefix))

    def _cover(self, networks: list[str]) -> None:
        for text in networks:
            try:
                network = ipaddress.ip_network(text, strict=False)
            except ValueError as error:
                message = f"its SPF record has “{text}”, which is no network"
                raise SpfError(message) from error
            self.spf.covers |= any(address in network for address in self.asked)


def _networks(addresses: list[str], prefix: str) -> list[str]:
    """With the lengths of `a` and `mx`: one for IPv4, and after two slashes one for IPv6."""
    four, _, six = prefix.partition("//")
    return [
        f"{text}/{six}" if ":" in text and six else text if ":" in text else text + four for text in addresses
    ]
