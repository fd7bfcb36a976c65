"""A mail's HTML as a browser's parser sees it; the parser is strict, so broken markup fails the test."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import html5lib

_ALLOWED = ("http://", "https://", "mailto:", "tel:")


def parse(html: str) -> ET.Element:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(html)


def shape(node: ET.Element) -> object:
    """Elements, attribute names and styles, without any words or addresses."""
    if not isinstance(node.tag, str):
        return "comment"
    fixed = {"style", "class", "role", "target", "width", "align", "bgcolor"}
    attributes = sorted((name, value if name in fixed else "") for name, value in node.attrib.items())
    return (node.tag, attributes, [shape(child) for child in node])


def addresses(node: ET.Element) -> Iterator[str]:
    for element in node.iter():
        if isinstance(element.tag, str):
            yield from (value for name, value in element.attrib.items() if name in ("href", "src"))


def is_allowed(address: str) -> bool:
    return address in ("", "#") or address.lower().startswith(_ALLOWED)


def visible_words(html: str) -> str:
    """What a reader sees in the body, the hidden preheader left out, one space between words."""
    body = parse(html).find("body")
    assert body is not None
    return " ".join(" ".join(_texts(body)).split())


def _texts(node: ET.Element) -> Iterator[str]:
    hidden = not isinstance(node.tag, str) or "display:none" in node.attrib.get("style", "")
    if not hidden:
        if node.tag == "img" and node.attrib.get("alt"):
            yield f" {node.attrib['alt']} "
        yield node.text or ""
        for child in node:
            yield from _texts(child)
            yield child.tail or ""
