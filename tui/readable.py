"""A document as lines that can be read and compared side by side, whatever its kind."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from textual.content import Content

from tui.moments import read_moment, say_when
from tui.setting_words import Names, said_settings
from tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from localstore.records import Json

_WORDS = ("text", "cite", "label", "href", "src", "alt", "html", "address")


def _block_lines(block: Json, indent: str = "") -> Iterator[str]:
    """What a person wrote into a block, and into what stands in its columns."""
    yield f"{indent}[{block.get('type', 'block')}]"
    if condition := block.get("showIf"):
        yield f"{indent}only if:"
        yield from filter_lines(condition, indent + "  ")
    for key in _WORDS:
        for line in str(block.get(key) or "").splitlines():
            yield indent + line
    for item in block.get("items") or []:
        yield f"{indent}- {item}"
    for link in block.get("links") or []:
        yield f"{indent}{link.get('network', '')}: {link.get('href', '')}"
    for number, cell in enumerate(block.get("cells") or [], start=1):
        yield f"{indent}column {number}:"
        for inner in cell:
            yield from _block_lines(inner, indent + "  ")


def _mail_lines(mail: Json) -> Iterator[str]:
    yield f"Subject: {mail.get('subject', '')}"
    yield f"Preheader: {mail.get('preheader', '')}"
    for block in mail.get("blocks", []):
        yield ""
        yield from _block_lines(block)


def rendered_lines(content: Json) -> list[str]:
    """What the plain-text part of each mail in it says, with sample values left out."""
    from contract.blocks import load_document
    from render_preview.parts import render_parts

    mails = [content["contentJson"]] if "contentJson" in content else []
    mails += [step.get("contentJson", {}) for step in content.get("steps", [])]
    lines: list[str] = []
    for mail in mails:
        try:
            parts = render_parts(load_document(mail), {})
        except ValueError:
            lines += ["", "(This mail was written by a newer version and cannot be rendered here.)"]
            continue
        lines += ["", f"Subject: {parts.subject}", *parts.text.splitlines()]
    return lines[1:]


def filter_lines(node: Json, indent: str = "") -> Iterator[str]:
    """A segment's filter, one condition a line."""
    for word in ("all", "any"):
        if word in node:
            yield (
                f"{indent}{word} of:"
                if node[word]
                else f"{indent}{'everyone' if word == 'all' else 'no one'}"
            )
            for child in node[word]:
                yield from filter_lines(child, indent + "  ")
            return
    if "not" in node:
        yield f"{indent}not:"
        yield from filter_lines(node["not"], indent + "  ")
        return
    yield f"{indent}{node.get('field')} {node.get('op')} {node.get('value', '')}"


def lines_of(content: Json, segments: Mapping[str, str], now: datetime) -> list[str]:
    """Everything a person wrote, one thing a line. `segments` are names by id."""
    lines = [f"Name: {content.get('name', '')}"]
    if segment := content.get("segmentId"):
        lines.append(f"Segment: {segments.get(segment, 'one that is not here')}")
    if moment := read_moment(content.get("sendAt")):
        lines.append(f"Send at: {say_when(moment, now)}")
    if "contentJson" in content:
        lines.extend(_mail_lines(content["contentJson"]))
    if "dslJson" in content:
        lines.extend(["", *filter_lines(content["dslJson"])])
    if content.get("settings"):
        lines.extend(f"{title}: {said}" for title, said in said_settings(content, Names(segments)))
    for number, step in enumerate(content.get("steps", []), start=1):
        lines.extend(["", f"Step {number}, after {step.get('delayHours', 0):g} h"])
        lines.extend(_mail_lines(step.get("contentJson", {})))
    return lines


def compared(mine: list[str], other: list[str]) -> Content:
    """`mine` with the lines marked that the other text does not have."""
    same: set[int] = set()
    for match in difflib.SequenceMatcher(a=mine, b=other, autojunk=False).get_matching_blocks():
        same.update(range(match.a, match.a + match.size))
    return Content("\n").join(
        Content(f"  {clean(line)}") if at in same else Content.styled(f"▌ {clean(line)}", "$accent")
        for at, line in enumerate(mine)
    )
