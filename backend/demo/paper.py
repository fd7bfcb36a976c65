"""What all mails of the demo's shop share: its colours, its footer, and how a mail is put together."""

from contract.blocks import BlockBase, Button, Divider, Document, Footer, Image, Theme

SHOP = "Kettle & Crumb"
SITE = "https://kettle-and-crumb.example"
POSTAL_ADDRESS = "Kettle & Crumb, 7 Rua do Bule, 1200-000 Lisbon, Portugal"

THEME = Theme(
    page="#f6f1ea", card="#fffdf9", text="#33261d", muted="#75695f", accent="#9a3b1c", radius=10, font="serif"
)


def letter(
    subject: str, preheader: str, *blocks: BlockBase, lang: str = "en", theme: Theme = THEME
) -> Document:
    """A mail. Blocks are numbered, because the demo is the same each time and random ids are not."""
    numbered = [block.model_copy(update={"id": f"b{place:09}"}) for place, block in enumerate(blocks, 1)]
    return Document(version=1, subject=subject, preheader=preheader, lang=lang, theme=theme, blocks=numbered)


def footer(why: str = "You get this because you asked for our letters.") -> Footer:
    """What the law asks for."""
    return Footer(text=why, address=POSTAL_ADDRESS, preferences="What you get", view="Read it in the browser")


def picture(file: str, alt: str) -> Image:
    """From the shop's site; it does not exist, like everything here."""
    return Image(src=f"{SITE}/pictures/{file}", alt=alt, width=520)


def visit(label: str, path: str) -> Button:
    """A button to the shop's site."""
    return Button(label=label, href=f"{SITE}/{path}", align="center")


def rule() -> Divider:
    """Between the news and the small print."""
    return Divider()
