"""What is wrong, or could be better, with a mail before anyone gets it.

Pure and without network, so it runs beside the editor after every pause in typing. An error blocks
sending; the server asks the same rules again before it sends.
"""

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType

from contract.blocks import Document
from render_preview.html import sent_size
from render_preview.lint.addresses import destinations
from render_preview.lint.block_rules import BLOCK_RULES
from render_preview.lint.colors import colors
from render_preview.lint.fields import fields
from render_preview.lint.finding import Finding, Fix, blocks_sending
from render_preview.lint.whole_mail import footer, preheader, subject, weight, words
from render_preview.location import Location
from render_preview.tracking import Tracking

__all__ = ["Finding", "Fix", "Location", "blocks_sending", "lint"]


def lint(
    document: Document,
    *,
    known_fields: Collection[str] | None = None,
    lacking: Mapping[str, float] = MappingProxyType({}),
    tracking: Tracking | None = None,
    today: date | None = None,
) -> list[Finding]:
    """Everything found, worst first and then in document order.

    `known_fields`: the organisation's fields; none leaves them unchecked. `lacking`: the share of the
    audience without a field, 0 to 1, of those that were counted. `tracking`: what will be tracked,
    which makes the mail larger. `today`: none leaves dates in links unchecked.
    """
    findings = [*subject(document), *preheader(document), *footer(document), *words(document)]
    findings += colors(document)
    for block in document.every_block():
        rule = BLOCK_RULES.get(type(block))
        if rule is not None:
            findings += rule(block)
    findings += destinations(document, today)
    findings += fields(document, known_fields, lacking)
    findings += weight(sent_size(document, tracking), tracked=tracking is not None)
    return sorted(findings, key=lambda finding: ("error", "warning", "hint").index(finding.level))
