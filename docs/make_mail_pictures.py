"""Screenshots of a mail with every block, in Debian's chromium: `python docs/make_mail_pictures.py`.

Two widths, light and dark, to be looked at: the tests say that the markup is sound, not that it is pleasant.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from contract.blocks import Document, load_document
from render_preview.parts import preview_parts

FOLDER = Path(__file__).parent / "pictures"
# A picture that needs no network: the mail itself would name one by its address.
PICTURE = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='552' height='240'><rect width='552' height='240' "
    "fill='#7aa37a'/><circle cx='276' cy='120' r='70' fill='#f3e9d2'/></svg>"
)
ADDRESS = "https://shop.example/harvest.png"
LOOKS = (("desktop", 600, 1270), ("phone", 375, 1400))


def newsletter() -> Document:
    """Every type of block once, columns of two shapes, and a block that not everyone is shown."""
    picture = {"type": "image", "src": ADDRESS, "alt": "A field of tea"}
    blocks: list[dict[str, object]] = [
        {"type": "heading", "text": "The *first* harvest, {{ name | friend }}"},
        {"type": "text", "text": "Light, green, **a little sweet**. [See all](https://shop.example)."},
        picture,
        {
            "type": "columns",
            "cells": [
                [picture, {"type": "text", "text": "Picked by hand on the north slope."}],
                [
                    {"type": "heading", "level": 3, "text": "How to brew it"},
                    {"type": "list", "ordered": True, "items": ["70 °C water", "Two minutes", "No sugar"]},
                    {"type": "button", "label": "Order", "href": "https://shop.example/order"},
                ],
            ],
        },
        {"type": "quote", "text": "The best since 2019.", "cite": "Ana, Lisbon", "bg": "tint"},
        {"type": "columns", "ratio": "1:2", "bg": "muted", "cells": [
            [{"type": "text", "text": "**Until Sunday**"}],
            [{"type": "text", "text": "One bag free with every two, for those who ordered before."}],
        ]},
        {"type": "text", "text": "Only for our pro customers.", "bg": "accent",
         "showIf": {"field": "plan", "op": "eq", "value": "pro"}},
        {"type": "code", "text": "code  SPRING\n  valid {{ until | a week }}"},
        {"type": "html", "html": "<p>Own <b style='color:#b45309'>HTML</b>, <a href='https://x.example'>cleaned</a>.</p>"},
        {"type": "button", "label": "Read more", "href": "https://shop.example", "kind": "secondary"},
        {"type": "divider"},
        {"type": "social", "links": [{"network": "mastodon", "href": "https://m.example/@leaf"},
                                     {"network": "github", "href": "https://github.example/leaf"}]},
        {"type": "footer", "text": "You ordered from us.", "address": "Leaf & Co, Rua Nova 12, Lisbon",
         "preferences": "What you get", "view": "Read it in the browser"},
    ]  # fmt: skip
    subject, preheader = "The first harvest", "Light, green, a little sweet"
    return load_document({"version": 1, "subject": subject, "preheader": preheader, "blocks": blocks})


def shoot(chromium: str, folder: Path) -> list[Path]:
    """The pictures, in a folder."""
    html = preview_parts(newsletter(), {"plan": "pro", "name": "Ana"}).html
    taken = []
    with tempfile.TemporaryDirectory() as home:
        page, inner = Path(home, "page.html"), Path(home, "mail.html")
        Path(home, "picture.svg").write_text(PICTURE, encoding="utf-8")
        inner.write_text(html.replace(ADDRESS, "picture.svg"), encoding="utf-8")
        for name, width, height in LOOKS:
            for scheme in ("light", "dark"):
                frame = f"border:0;width:{width}px;height:{height}px;color-scheme:{scheme}"
                page.write_text(
                    f'<!doctype html><body style="margin:0"><iframe src="mail.html" style="{frame}"></iframe>'
                )
                target = folder / f"mail-{name}-{scheme}.png"
                subprocess.run(  # noqa: S603 - the browser that was found, our own arguments
                    [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                     f"--user-data-dir={home}/profile", f"--screenshot={target}",
                     f"--window-size={max(width, 500)},{height}", page.as_uri()],
                    check=True, capture_output=True, timeout=60,
                )  # fmt: skip
                taken.append(target)
    return taken


if __name__ == "__main__":
    found = shutil.which("chromium")
    if found is None:
        sys.exit("chromium is not installed")
    for made in shoot(found, FOLDER):
        sys.stdout.write(f"{made.name}\n")
