"""Whether a person or a machine opened a mail or followed its link: a rule with its reason, nothing stored.

Machines do both on their own: mailbox providers load pictures ahead of the reader, and scanners follow every
link before the mail is delivered. Each rule errs towards calling a person a machine, because a report that
flatters is worth nothing.

Who loads pictures when a person opens the mail is a person, by whatever proxy: Gmail's and Yahoo's hide the
reader's address, not the moment.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

SOON = timedelta(seconds=5)
"""After the recipient's server took the mail. Nobody finds, opens and reads a mail in that time."""
BURST_LINKS = 3
BURST_WITHIN = timedelta(seconds=5)

_APPLE = "Mozilla/5.0"
_GMAIL_AHEAD = "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
_PREFETCH_HEADERS = ("purpose", "sec-purpose", "x-purpose", "x-moz")
_NAMED = re.compile(
    r"(?<!cu)bot\b|crawl|spider|scan|preview|externalhit|headless|phantomjs|"
    r"curl|wget|python|java/|okhttp|go-http|libwww|httpclient|axios|node-fetch|"
    r"barracuda|proofpoint|mimecast|ironport|ciscosecureemail|symantec|messagelabs|sophos|fortinet|"
    r"forcepoint|trend ?micro|\btmes\b|mailscanner|whatsapp|slack|telegram|discord",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"ms-?office|microsoft office", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fetch:
    """How something was asked for. `after`: since the recipient's server took the mail; None before that."""

    method: str
    headers: Mapping[str, str]
    after: timedelta | None

    @property
    def agent(self) -> str:
        """What it calls itself."""
        return self.headers.get("user-agent", "").strip()


def _machine_anyhow(fetch: Fetch) -> str | None:
    if fetch.method != "GET":
        return "it asked for the headers alone, which shows nobody anything"
    if any(word in fetch.headers.get(name, "").lower() for name in _PREFETCH_HEADERS for word in _AHEAD):
        return "it says itself that it loads ahead"
    if not fetch.agent:
        return "it does not say what it is, as scanners like Safe Links do"
    if _NAMED.search(fetch.agent):
        return "it calls itself a robot, a scanner, a library or a preview"
    if fetch.agent == _APPLE:
        return "it is the proxy of Apple Mail's privacy protection"
    if fetch.agent.endswith(_GMAIL_AHEAD):
        return "it is Gmail loading ahead"
    if fetch.after is None or fetch.after < SOON:
        return "it came sooner than a person could"
    return None


_AHEAD = ("prefetch", "preview", "prerender")


def why_machine_opened(fetch: Fetch) -> str | None:
    """Why the picture was not loaded by a reader; None for a person.

    Apple's proxy loads every picture on delivery and has nothing but `Mozilla/5.0` as its name (SocketLabs,
    "Identifying Apple MPP opens"). Gmail loads ahead for people whose mailbox is open, by the name of an
    Edge of 2015 (Bird, "Gmail is prefetching images"); when they open the mail, `GoogleImageProxy` does it,
    which counts. Outlook loads pictures as `Microsoft Office`, which counts.
    """
    return _machine_anyhow(fetch)


def why_machine_clicked(fetch: Fetch) -> str | None:
    """Why no reader followed the link; None for a person.

    Office asks for an address by its own name before the browser does, so that request is not the person's.
    """
    if _OFFICE.search(fetch.agent):
        return "it is Office looking at the address before the browser opens it"
    return _machine_anyhow(fetch)


def links_in_bursts(clicks: Iterable[tuple[int, datetime]]) -> set[int]:
    """Of (link, first click) of one mail, those followed together with so many others that no person did.

    Scanners follow all links of a mail at once; a reader follows one, reads, and comes back.
    """
    in_order = sorted(clicks, key=lambda click: click[1])
    found: set[int] = set()
    for start, (_, began) in enumerate(in_order):
        together = {link for link, at in in_order[start:] if at - began <= BURST_WITHIN}
        if len(together) >= BURST_LINKS:
            found |= together
    return found
