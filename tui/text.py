"""The one door for text that a person, a contact or a server wrote.

A subject such as `[/] 50% off` must be shown as it is: given to Textual as a plain `str` it would be read as
markup and end the program. Control characters would reach the terminal as commands, so they are replaced.
"""

import re
import unicodedata

from textual.content import Content

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]")
_CONTROL_IN_LINES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: object) -> str:
    """One line without control or direction marks; each is replaced by a space, or dropped if invisible."""
    return _CONTROL.sub(_stand_in, str(text))


def _stand_in(match: re.Match[str]) -> str:
    return "" if unicodedata.category(match[0]) == "Cf" else " "


def plain(text: object, style: str = "") -> Content:
    """One line of somebody's text, never read as markup."""
    return Content(clean(text)) if not style else Content.styled(clean(text), style)


def plain_lines(text: object) -> Content:
    """Several lines of somebody's text, never read as markup."""
    return Content(_CONTROL_IN_LINES.sub(_stand_in, str(text).replace("\r\n", "\n")))


def shorten(text: str, length: int) -> str:
    """At most `length` characters, the cut shown."""
    return text if len(text) <= length else text[: max(0, length - 1)] + "…"


def count_words(number: int, one: str, many: str | None = None) -> str:
    """`1 contact`, `2,400 contacts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
