"""The mail that arrives says what the preview showed: over real SMTP, HTML and text, on both databases."""

import dataclasses
import html
import re
from pathlib import Path

from sqlalchemy import select

from backend.db.models.contact import Contact, ContactAttrs
from backend.delivery.accounts import DefaultAccount
from backend.delivery.mailer import ServerLogin
from backend.delivery.service import DeliveryService
from backend.delivery.smtp_mailer import SmtpMailer
from backend.mailcatcher import running_catcher
from contract.blocks import load_document
from contract.contact_values import contact_values
from localstore.mailbox import CaughtMail, read_mails
from render_preview.own_pages import PLACEHOLDERS, UNSUBSCRIBE_PLACEHOLDER
from render_preview.parts import preview_parts
from tests.backend.delivery.world import World

PLACES = {
    "https://news.example.com/u/": UNSUBSCRIBE_PLACEHOLDER,
    "https://news.example.com/p/": PLACEHOLDERS["preferences_url"],
    "https://news.example.com/v/": PLACEHOLDERS["view_url"],
}
CONTENT = {
    "version": 1,
    "subject": "Grüße, {{ name }}: 50 % <off>",
    "preheader": "Only {{ city | here }}",
    "blocks": [
        {"type": "heading", "id": "h", "text": "Dear *{{ name }}*", "bg": "accent"},
        {"type": "text", "id": "t", "text": "How is {{ city }}? [Look](https://shop.example/?c={{ city }})"},
        {
            "type": "text",
            "id": "p",
            "text": "For pros",
            "showIf": {"field": "plan", "op": "eq", "value": "pro"},
        },
        {"type": "text", "id": "n", "text": "Others", "showIf": {"field": "plan", "op": "eq", "value": "no"}},
        {
            "type": "columns",
            "id": "c",
            "cells": [
                [{"type": "image", "id": "i", "src": "https://shop.example/a.png", "alt": "A ☕ cup"}],
                [{"type": "button", "id": "b", "label": "Go", "href": "https://shop.example/--x--"}],
            ],
        },
        {
            "type": "footer",
            "id": "f",
            "address": "1 Main",
            "preferences": "What you get",
            "view": "As a page",
        },
    ],
}


def with_placeholders(part: str) -> str:
    """Each recipient's own links differ from the preview's placeholders, and nothing else does."""
    for own, shown in PLACES.items():
        part = re.sub(re.escape(own) + r"[0-9a-z-]+", shown, part)
    return part.replace("\r\n", "\n")


async def test_a_test_mail_is_what_was_previewed_as_the_contact(world: World, tmp_path: Path):
    [contact_id] = await world.add_contacts("zoe@example.org", name='Zoë & "Co" <x>')
    attrs = {"city": "Köln / Süd", "plan": "pro"}
    async with world.database.writer(world.org_id) as session:
        session.add(ContactAttrs(contact_id=contact_id, attrs=attrs))
    campaign = await world.campaign(await world.add_campaign(content_json=CONTENT, status="DRAFT"))
    async with running_catcher(tmp_path / "mails") as port:
        await _send_test(world, port, campaign, contact_id)
    [mail] = read_mails(tmp_path / "mails")
    await _says_what_was_shown(world, mail, contact_id, attrs)


async def _send_test(world: World, port: int, campaign: object, contact_id: int) -> None:
    tools = dataclasses.replace(world.sending.tools, mailer=SmtpMailer())
    tools.accounts.use_default(DefaultAccount(ServerLogin("127.0.0.1", port), "news@example.com", "News"))
    delivery = DeliveryService(tools, world.audience, lambda: None)
    async with world.desk.reader(world.org_id) as session:
        accepted = await delivery.test(session, campaign, ["ben@example.com"], contact_id)
    assert accepted == ["ben@example.com"]


async def _says_what_was_shown(
    world: World, mail: CaughtMail, contact_id: int, attrs: dict[str, str]
) -> None:
    async with world.database.reader(world.org_id) as session:
        contact = await session.scalar(select(Contact).where(Contact.id == contact_id))
    assert contact is not None
    values = contact_values(contact.email, contact.name, contact.status, contact.created_at, attrs)
    marked = load_document(CONTENT | {"subject": f"[Test] {CONTENT['subject']}"})
    shown = preview_parts(marked, values, now=world.clock.now())
    assert (mail.to, mail.subject) == ("ben@example.com", shown.subject)
    assert with_placeholders(mail.text).rstrip("\n") == shown.text
    assert with_placeholders(mail.html).rstrip("\n") == shown.html
    assert "For pros" in mail.text
    assert "Others" not in mail.text
    assert html.escape('Zoë & "Co" <x>', quote=True) in mail.html
