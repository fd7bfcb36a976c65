"""Every address that leads the same way for everyone, with the block and the field it stands in."""

from typing import Any

from contract.blocks import load_document
from render_preview.links import links_of
from render_preview.location import Path


def found(*blocks: dict[str, Any]) -> list[tuple[str, str | None, Path]]:
    document = load_document({"version": 1, "blocks": list(blocks)})
    return [(link.url, link.location.block_id, link.location.path) for link in links_of(document)]


def test_wherever_an_address_may_stand() -> None:
    assert found(
        {"id": "t", "type": "text", "text": "See [rye](https://a.example/1) and *[us](http://a.example/2)*."},
        {"id": "l", "type": "list", "items": ["[one](https://a.example/3)"]},
        {"id": "q", "type": "quote", "text": "x", "cite": "[her](https://a.example/4)"},
        {"id": "b", "type": "button", "label": "Go", "href": "https://a.example/5"},
        {"id": "i", "type": "image", "src": "https://a.example/6.png", "href": "https://a.example/7"},
        {"id": "s", "type": "social", "links": [{"network": "mastodon", "href": "https://a.example/8"}]},
        {"id": "h", "type": "html", "html": "<p><a href='https://a.example/9'>x</a></p>"},
    ) == [
        ("https://a.example/1", "t", ("text",)),
        ("http://a.example/2", "t", ("text",)),
        ("https://a.example/3", "l", ("items", 0)),
        ("https://a.example/4", "q", ("cite",)),
        ("https://a.example/5", "b", ("href",)),
        ("https://a.example/6.png", "i", ("src",)),
        ("https://a.example/7", "i", ("href",)),
        ("https://a.example/8", "s", ("links", 0, "href")),
        ("https://a.example/9", "h", ("html",)),
    ]


def test_inside_columns() -> None:
    inner = {"id": "b", "type": "button", "label": "Go", "href": "https://a.example/"}
    assert found({"id": "c", "type": "columns", "cells": [[], [inner]]}) == [
        ("https://a.example/", "b", ("href",))
    ]


def test_each_once_and_none_that_is_each_contacts_own_or_no_page() -> None:
    assert found(
        {"id": "a", "type": "button", "label": "Go", "href": "https://a.example/"},
        {"id": "b", "type": "button", "label": "Go", "href": "https://a.example/"},
        {"id": "c", "type": "button", "label": "Go", "href": "https://a.example/{{ code }}"},
        {"id": "d", "type": "text", "text": "[x]({{ link }}) [write](mailto:us@a.example)"},
        {"id": "e", "type": "code", "text": "https://a.example/code"},
    ) == [("https://a.example/", "a", ("href",))]
