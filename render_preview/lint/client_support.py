"""What an author's own HTML uses that a widespread mail program does not know.

Only what the sanitiser lets through is listed. The facts are those that caniemail.com collects (its data is
under the MIT licence); the table is written by hand and has the few that change how a mail looks.
"""

import re
from collections.abc import Iterator

from contract.blocks import Html
from render_preview.lint.finding import Finding
from render_preview.location import Location

_OUTLOOK = "Outlook for Windows"
_UNKNOWN_TO = {
    "border-radius": _OUTLOOK,
    "max-width": _OUTLOOK,
    "min-width": _OUTLOOK,
    "max-height": _OUTLOOK,
    "min-height": _OUTLOOK,
    "opacity": _OUTLOOK,
}
"""CSS properties."""
_PICTURES = {"svg": "Gmail", "webp": _OUTLOOK, "avif": _OUTLOOK}
"""Kinds of pictures by the end of their address."""

_STYLE = re.compile(r"""style\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_PROPERTY = re.compile(r"(?:^|;)\s*([a-z-]+)\s*:", re.IGNORECASE)
_SOURCE = re.compile(r"""src\s*=\s*["']?[^"'\s>?#]+\.([a-z]+)(?=["'\s>?#])""", re.IGNORECASE)


def client_support(block: Html) -> Iterator[Finding]:
    """One finding for each mail program, with what it does not show."""
    styles = (double or single for double, single in _STYLE.findall(block.html))
    used = [name.lower() for style in styles for name in _PROPERTY.findall(style)]
    unknown: dict[str, dict[str, None]] = {}
    for name in used:
        if name in _UNKNOWN_TO:
            unknown.setdefault(_UNKNOWN_TO[name], {})[name] = None
    for kind in map(str.lower, _SOURCE.findall(block.html)):
        if kind in _PICTURES:
            unknown.setdefault(_PICTURES[kind], {})[f"{kind} pictures"] = None
    for program, names in unknown.items():
        message = f"{program} does not show {', '.join(names)}."
        yield Finding("hint", "client-support", Location(block.id, ("html",)), message)
