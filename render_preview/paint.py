"""Words of a mail as terminal text: marks as styles, merge tags as chips or as a contact's values.

It builds `Content` from plain strings and spans only: nothing a person or a contact typed is ever parsed as
console markup.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from textual.content import Content

from contract.blocks import Theme
from contract.merge_tags import MergeTag
from render_preview.inline import Atom, Break, Close, Run, parse_prose, split_tags
from render_preview.values import clean_value

CHIP, MISSING, MUTED, LINK = "reverse", "bold $text-error", "$text-muted", "underline $text-accent"
_STYLES = {"strong": "bold", "em": "italic", "s": "strike", "code": "dim", "link": LINK}

Align = Literal["left", "center", "right"]


class Painter:
    """Where a block is painted: how wide, for whom, in which colours, and when."""

    def __init__(
        self,
        width: int,
        values: Mapping[str, str] | None,
        theme: Theme,
        now: datetime | None = None,
        *,
        dark: bool = False,
    ) -> None:
        self.width = width
        self.values = values
        self.theme = theme
        self.now = now
        self.dark = dark

    def narrowed(self, width: int) -> "Painter":
        """The same for a part of the line."""
        return Painter(max(1, width), self.values, self.theme, self.now, dark=self.dark)

    def kept(self, line: str) -> Content:
        """A line of code: its spaces stay."""
        atoms = split_tags(line)
        words = (a.translate(_TURNING) if isinstance(a, str) else self.atom(a) for a in atoms)
        return Content.assemble(*words)

    def atom(self, atom: Atom, style: str = "") -> Content:
        """Words as they are; a tag as a chip, or as the contact's value."""
        if isinstance(atom, str):
            return Content.styled(_author_words(atom), style)
        if self.values is None:
            fallback = f" | {clean_value(atom.fallback)}" if atom.fallback else ""
            return Content.styled(f"\u00a0{atom.field}{fallback}\u00a0", f"{style} {CHIP}".strip())
        value = clean_value(self.values.get(atom.field, "")) or clean_value(atom.fallback or "")
        if value or atom.fallback is not None:
            return Content.styled(value, style)
        return Content.styled(f"{atom.field}?", MISSING)

    def plain(self, source: str, style: str = "") -> Content:
        return Content.assemble(*(self.atom(atom, style) for atom in split_tags(source)))

    def run(self, run: Run, base: str = "") -> Content:
        marks: list[str] = [base] if base else []
        out: list[Content] = []
        for piece in run:
            if isinstance(piece, str | MergeTag):
                out.append(self.atom(piece, " ".join(marks)))
            elif isinstance(piece, Break):
                out.append(Content("\n"))
            elif isinstance(piece, Close):
                marks.pop()
            else:
                marks.append(_STYLES[piece.mark])
        return Content.assemble(*out)

    def prose(self, source: str, base: str = "") -> list[Content]:
        runs = [self.run(run, base) for run in parse_prose(source)]
        return [line for run in runs for line in (Content(""), run)][1:]

    def lay(self, lines: list[Content], align: Align = "left") -> list[Content]:
        """Wrapped to the width and set to a side."""
        wrapped = [part.rstrip(" ") for line in lines for part in line.wrap(self.width)]
        return [part.pad_left(self._indent(part.cell_length, align)) for part in wrapped]

    def _indent(self, length: int, align: Align) -> int:
        room = max(0, self.width - length)
        return {"left": 0, "center": room // 2, "right": room}[align]


_TURNING = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
"""Marks that turn the direction of what follows: a terminal would obey them beyond the line they stand in."""


def _author_words(text: str) -> str:
    """An author's words between tags: spaces at the ends belong to the sentence."""
    inner = clean_value(text)
    if not inner:
        return " " if text else ""
    return " " * text[0].isspace() + inner + " " * text[-1].isspace()
