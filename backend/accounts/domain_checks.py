"""The checks themselves, each a question about one thing that receivers of mail look at.

What bulk senders need follows the rules that Gmail and Yahoo published for them: SPF and DKIM for the domain,
DMARC with an aligned sender, and a return path that takes mail.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.accounts.spf import SpfError, follow_spf
from backend.names import Names
from contract.deliverability import CheckState, DomainCheck
from contract.dkim import DkimKey

OK, NOTE, WRONG = CheckState.OK, CheckState.NOTE, CheckState.WRONG


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is looked at, all domains in ASCII. `envelope`: the domain of the return path."""

    domain: str
    envelope: str
    host: str
    keys: Sequence[DkimKey]


async def check_spf(names: Names, sender: Sender) -> DomainCheck:
    """Raises `NamesError`."""
    domain = sender.envelope
    proposal = f"v=spf1 a:{sender.host} ~all"
    try:
        own = await names.addresses(sender.host)
        spf = await follow_spf(names, domain, own)
    except SpfError as error:
        return DomainCheck(name="SPF", state=WRONG, detail=f"{str(error)[:1].upper()}{str(error)[1:]}.")
    if spf is None:
        words = (
            f"{domain} does not say who may send for it. Your provider tells the record; if {sender.host} "
        )
        words += "itself delivers the mail, it is this one."
        return DomainCheck(name="SPF", state=WRONG, detail=words, record_name=domain, record_value=proposal)
    if spf.ends == "pass":
        words = f"{domain} allows every server there is: end its record with ~all or -all."
        return DomainCheck(name="SPF", state=WRONG, detail=words, record_name=domain)
    if spf.covers:
        return DomainCheck(name="SPF", state=OK, detail=f"{domain} allows {sender.host}: {spf.record}")
    words = f"{domain} does not name {sender.host}. That is fine only if your provider delivers from other "
    words += f"servers, which the record includes: {spf.record}"
    return DomainCheck(name="SPF", state=NOTE, detail=words, record_name=domain)


def _tags(record: str) -> dict[str, str]:
    """A record of the form `tag=value; tag=value` (RFC 6376, section 3.2)."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): re.sub(r"\s+", "", value) for name, _, value in pairs if name.strip()}


async def check_dkim(names: Names, key: DkimKey) -> DomainCheck:
    """Whether what is published is this key. Raises `NamesError`."""
    name = f"DKIM {key.selector}"
    found = [_tags(text) for text in await names.texts(key.record_name)]
    wanted = _tags(key.record_value)
    published = any(tags.get("p") == wanted["p"] for tags in found)
    if published and key.active:
        return DomainCheck(
            name=name, state=OK, detail=f"{key.record_name} holds the key that mails are signed with."
        )
    if published:
        words = "Its record is published, but no mail is signed with it: activate the key."
        return DomainCheck(name=name, state=NOTE, detail=words)
    what = "has another key" if found else "is not published"
    words = f"{key.record_name} {what}"
    words += ", so every signature fails." if key.active else ". Publish it, then activate the key."
    return DomainCheck(
        name=name,
        state=WRONG if key.active else NOTE,
        detail=words,
        record_name=key.record_name,
        record_value=key.record_value,
    )


def no_dkim(sender: Sender) -> DomainCheck:
    """What there is to say of an account without a key."""
    words = f"Handbill signs nothing for {sender.domain}. Gmail and Yahoo want bulk mail signed: make a key, "
    words += "unless your provider signs for you."
    return DomainCheck(name="DKIM", state=NOTE, detail=words)


def _ancestry(domain: str) -> list[str]:
    """The domain and those above it, but no top-level one."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


async def find_dmarc(names: Names, domain: str) -> tuple[str, dict[str, str]] | None:
    """The nearest policy and the domain that publishes it (RFC 7489, section 6.6.3). Raises `NamesError`."""
    for place in _ancestry(domain):
        records = [text for text in await names.texts(f"_dmarc.{place}") if _tags(text).get("v") == "DMARC1"]
        if len(records) == 1:
            return place, _tags(records[0])
    return None


async def check_dmarc(names: Names, sender: Sender) -> DomainCheck:
    """Raises `NamesError`."""
    found = await find_dmarc(names, sender.domain)
    place = f"_dmarc.{sender.domain}"
    if found is None:
        words = f"{sender.domain} has no DMARC policy. Gmail and Yahoo want one from bulk senders; "
        words += "this is the mildest."
        return DomainCheck(
            name="DMARC", state=WRONG, detail=words, record_name=place, record_value="v=DMARC1; p=none"
        )
    where, tags = found
    policy = tags.get("sp", tags.get("p", "")) if where != sender.domain else tags.get("p", "")
    if policy not in {"none", "quarantine", "reject"}:
        words = f"The policy at _dmarc.{where} says p={policy or 'nothing'}, which receivers cannot read."
        return DomainCheck(name="DMARC", state=WRONG, detail=words, record_name=f"_dmarc.{where}")
    return _aligned(sender, where, tags, policy)


def _aligned(sender: Sender, where: str, tags: dict[str, str], policy: str) -> DomainCheck:
    """DMARC passes where DKIM or SPF speaks for the sender's own domain (RFC 7489, section 3.1)."""
    signed = any(key.active for key in sender.keys)
    strict = tags.get("aspf") == "s"
    shared = sender.envelope == sender.domain or (
        not strict
        and f".{sender.envelope}".endswith(f".{where}")
        and f".{sender.domain}".endswith(f".{where}")
    )
    if signed or shared:
        by = "the signature" if signed else "the return path"
        return DomainCheck(
            name="DMARC", state=OK, detail=f"_dmarc.{where} says {policy}, and {by} is its own domain."
        )
    words = f"_dmarc.{where} says {policy}, but mails are not signed and their return path is at "
    words += f"{sender.envelope}: they fail it. Activate a DKIM key."
    return DomainCheck(name="DMARC", state=WRONG, detail=words)


async def check_return(names: Names, sender: Sender) -> DomainCheck:
    """Whether bounces can come back. Raises `NamesError`."""
    domain = sender.envelope
    servers = await names.mail_servers(domain)
    if servers and servers != [""]:
        return DomainCheck(name="Bounces", state=OK, detail=f"Mail to {domain} goes to {servers[0]}.")
    if not servers and await names.addresses(domain):
        return DomainCheck(name="Bounces", state=OK, detail=f"Mail to {domain} goes to that host itself.")
    words = f"{domain} takes no mail: bounces would be lost, and receivers distrust such a sender. "
    words += "It needs an MX record."
    return DomainCheck(name="Bounces", state=WRONG, detail=words, record_name=domain)
