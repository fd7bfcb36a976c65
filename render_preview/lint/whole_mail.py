"""What is asked of a mail as a whole: a subject, a preheader, a way to leave, and a size that is shown."""

import re
from collections.abc import Iterator

from contract.blocks import Code, Document, Footer, Heading, Html, Image, ListBlock, Quote, Text
from contract.merge_tags import MERGE_TAG, find_tags
from render_preview.inline import clean
from render_preview.lint.capitals import capitals
from render_preview.lint.finding import Finding
from render_preview.location import Location
from render_preview.parts import texts_of
from render_preview.raw_html import readable_text

PHONE_SUBJECT, LONG_SUBJECT = 48, 70
_SUBJECT = Location(None, ("subject",))
SIZE_WARNING, SIZE_CLIPPED = 80_000, 102_000
"""Gmail cuts a mail whose HTML is larger than about 102 KB, and the unsubscribe link with it."""


def subject(document: Document) -> Iterator[Finding]:
    """Whether it is there, short, and not shouted."""
    words = MERGE_TAG.sub(lambda match: (match[2] or "").strip() or "xxxxxxxx", clean(document.subject))
    length = len(words.strip())
    if not length:
        yield Finding("error", "subject-missing", _SUBJECT, "The subject is missing.")
    elif length > LONG_SUBJECT:
        message = f"The subject has {length} characters; most programs show about {LONG_SUBJECT}."
        yield Finding("warning", "subject-long", _SUBJECT, message)
    elif length > PHONE_SUBJECT:
        message = f"The subject has {length} characters; phones show about {PHONE_SUBJECT}."
        yield Finding("hint", "subject-phone", _SUBJECT, message)
    yield from capitals(_SUBJECT, document.subject, "subject")


def preheader(document: Document) -> Iterator[Finding]:
    """Whether the words after the subject are chosen."""
    if not document.preheader.strip():
        message = "The preheader is missing; inboxes will show the first words of the mail instead."
        yield Finding("warning", "preheader-missing", Location(None, ("preheader",)), message)


def footer(document: Document) -> Iterator[Finding]:
    """What the law asks of bulk mail."""
    footers = [block for block in document.blocks if isinstance(block, Footer)]
    tags = {tag.field for b in document.every_block() for text in texts_of(b) for tag in find_tags(text)}
    if not footers:
        yield Finding("error", "footer-missing", Location(), "A footer is missing.")
        if "unsubscribe_url" not in tags:
            message = "There is no way to unsubscribe; a footer has one."
            yield Finding("error", "unsubscribe-missing", Location(), message)
    elif not any(block.address.strip() for block in footers):
        message = "The postal address is missing; the law asks for one in bulk mail."
        yield Finding("error", "address-missing", Location(footers[0].id, ("address",)), message)


def _says_something(block: object) -> bool:
    """Whether a block has words that do not come out of a picture."""
    match block:
        case Heading() | Text() | Quote() | Code():
            return bool(block.text.strip())
        case ListBlock():
            return any(item.strip() for item in block.items)
        case Html():
            return bool(readable_text(re.sub("<img", "<i", block.html, flags=re.IGNORECASE)).strip())
    return False


def words(document: Document) -> Iterator[Finding]:
    """Whether there is more than pictures: many see those late or never, and filters distrust such mail."""
    blocks = list(document.every_block())
    pictured = any(isinstance(b, Image) or (isinstance(b, Html) and "<img" in b.html.lower()) for b in blocks)
    if pictured and not any(_says_something(block) for block in blocks):
        message = "The mail is pictures only; say the main thing in words too."
        yield Finding("warning", "image-only", Location(), message)


def weight(html_size: int, *, tracked: bool = False) -> Iterator[Finding]:
    """Whether Gmail shows the whole mail. `tracked`: what tracking adds is in the size, in bytes."""
    shown = f"The HTML has {html_size / 1000:.0f} KB{' with what is tracked' if tracked else ''}"
    if html_size >= SIZE_CLIPPED:
        yield Finding("error", "size-clipped", Location(), f"{shown}; Gmail cuts it at about 102 KB.")
    elif html_size >= SIZE_WARNING:
        yield Finding("warning", "size-large", Location(), f"{shown} of the 102 KB that Gmail shows.")
