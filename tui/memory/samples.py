"""The words of the made-up workspace."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from contract.segment_text import parse
from localstore.mailbox import CaughtMail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from contract.contacts import Contact, FieldDefinition
    from contract.segment_ast import AnyNode


def document(subject: str) -> dict[str, Any]:
    """A whole mail with that subject."""
    return {
        "version": 1,
        "subject": subject,
        "preheader": "Loose leaf tea, freshly picked",
        "blocks": [
            {"id": "b1", "type": "heading", "text": "Hello {{ name | friend }}", "level": 1},
            {
                "id": "b2",
                "type": "text",
                "text": "The **first harvest** is in: light, green, a little sweet.\n\n"
                "Until Sunday you get one bag free with every two.",
            },
            {"id": "b3", "type": "button", "label": "See the harvest", "href": "https://shop.example/spring"},
            {"id": "b4", "type": "footer", "text": "You get this because you ordered from us.",
             "address": "Leaf & Co, Rua Nova 12, Lisbon"},
        ],
    }  # fmt: skip


def segment_filters(fields: Mapping[str, FieldDefinition]) -> list[tuple[str, AnyNode, str]]:
    """(name, tree, text) of the three segments."""
    texts = (
        ("Subscribers", "status = subscribed"),
        ("Pro customers", "status = subscribed and plan in (pro, team) and orders >= 3"),
        ("Lisbon VIPs", 'vip = true and (city = "Lisbon" or city = "Porto")'),
    )
    return [(name, parse(text, fields), text) for name, text in texts]


def sequence_steps() -> list[dict[str, Any]]:
    """A welcome in three mails."""
    plan = ((0.0, "Welcome to Leaf & Co"), (48.0, "How to brew it"), (120.0, "A cup on us"))
    return [
        {"id": f"s{n}", "delayHours": hours, "contentJson": document(subject)}
        for n, (hours, subject) in enumerate(plan, start=1)
    ]


def caught_mails(contacts: Sequence[Contact], now: datetime) -> list[CaughtMail]:
    """The last dozen mails of the campaign that is being sent, newest first."""
    return [
        CaughtMail(
            key=f"mail-{n}",
            to=contact.email,
            sender="Leaf & Co <hello@shop.example>",
            subject="Longer days, new tea",
            date=format_datetime(now - timedelta(seconds=5 * n)),
            text=f"Hello {contact.name}\n\nThe first harvest is in: light, green, a little sweet.\n\n"
            "See the harvest: https://shop.example/spring\n\n-- \nLeaf & Co, Rua Nova 12, Lisbon\n",
            html=f"<html><body><h1>Hello {contact.name}</h1>\n<p>The <b>harvest</b> is in.</p></body></html>",
            message_id=f"<{n}@shop.example>",
        )
        for n, contact in enumerate(contacts[:12], start=1)
    ]
