"""Where links lead: to a safe address, to a host that readers can reach, with parameters that are current."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import parse_qsl, urlsplit

from contract.blocks import Document
from contract.merge_tags import MergeTag
from render_preview.inline import Atom, is_safe_address
from render_preview.links import links_of
from render_preview.lint.finding import Finding, Fix
from render_preview.location import Location

_BARE_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?=[/?#]|$)", re.IGNORECASE)
_INNER_NAMES = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
_WHEN = re.compile(r"(?<![0-9])(20[0-9]{2})(?:[-_]?(0[1-9]|1[0-2])(?:[-_]?[0-3][0-9])?)?(?![0-9])")
_SAME_IN_A_MAIL = ("utm_source", "utm_medium", "utm_campaign")


def address(
    location: Location,
    atoms: tuple[Atom, ...],
    what: str,
    begins: str = "https://, mailto: or tel:",
    rewrite: Callable[[str], str] = str,
) -> Iterator[Finding]:
    """Whether something is there, and may be a link. `rewrite`: the value there with a new address."""
    if not any(isinstance(atom, MergeTag) or atom.strip() for atom in atoms):
        yield Finding("error", "link-missing", location, f"The {what} has no address.")
    elif not is_safe_address(atoms):
        message = f"The {what} needs an address that begins with {begins}."
        yield Finding("error", "link-unsafe", location, message, _with_scheme(location, atoms, rewrite))


def _with_scheme(location: Location, atoms: tuple[Atom, ...], rewrite: Callable[[str], str]) -> Fix | None:
    written = "".join(map(str, atoms)).strip()
    if isinstance(atoms[0], MergeTag) or not _BARE_HOST.match(written):
        return None
    return Fix("Put https:// before it", location.path, rewrite(f"https://{written}"))


def is_private(host: str) -> bool:
    """Whether only a network of one's own knows the host."""
    host = host.rstrip(".").lower()
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(_INNER_NAMES))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _parameters(url: str) -> list[tuple[str, str]]:
    if "utm_" not in url:
        return []
    try:
        return [(name, value) for name, value in parse_qsl(urlsplit(url).query) if name.startswith("utm_")]
    except ValueError:
        return []


def _is_past(value: str, today: date) -> bool:
    named = [(int(match[1]), int(match[2] or 12)) for match in _WHEN.finditer(value)]
    return bool(named) and max(named) < (today.year, today.month)


def destinations(document: Document, today: date | None) -> Iterator[Finding]:
    """Links that lead nowhere for a reader, or are counted under a campaign that is over."""
    first: dict[str, str] = {}
    differing: set[str] = set()
    for link in links_of(document):
        host = _host(link.url)
        if is_private(host):
            message = f"{host} can be reached in your own network only; readers would see an error."
            yield Finding("error", "link-private", link.location, message)
        for name, value in _parameters(link.url):
            if today is not None and _is_past(value, today):
                message = f"{name} says {value}, which has passed."
                yield Finding("warning", "utm-stale", link.location, message)
            if name in _SAME_IN_A_MAIL and first.setdefault(name, value) != value and name not in differing:
                differing.add(name)
                message = f"{name} says {value} here and {first[name]} in a link before."
                yield Finding("hint", "utm-differs", link.location, message)
