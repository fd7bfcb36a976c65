"""The pages a footer may lead to besides leaving: each recipient's preferences, and the mail in a browser.

They need an installation that can be reached from outside; a mail from any other goes without the links.
"""

from contract.blocks import Document, Footer

LINKS = (("preferences", "preferences_url"), ("view", "view_url"))
"""(field of the footer that has the label, reserved name that stands for the address)."""

PLACEHOLDERS = {
    "preferences_url": "https://example.com/preferences",
    "view_url": "https://example.com/view",
}
"""What a preview shows in their place."""
UNSUBSCRIBE_PLACEHOLDER = "https://example.com/unsubscribe"


def links_in(footer: Footer) -> list[tuple[str, str]]:
    """(label, reserved name) of the links that the footer has, the one that unsubscribes first."""
    labels = [(getattr(footer, field), name) for field, name in LINKS]
    return [
        (footer.unsubscribe, "unsubscribe_url"),
        *((label, name) for label, name in labels if label.strip()),
    ]


def without_own_pages(document: Document) -> Document:
    """The same without the links that would lead nowhere."""
    empty = {field: "" for field, _ in LINKS}
    blocks = [b.model_copy(update=empty) if isinstance(b, Footer) else b for b in document.blocks]
    return document.model_copy(update={"blocks": blocks})
