"""How documents cross the wire: which part a person writes, which request carries it, what comes back.

Content is what can be edited offline; everything else in a server row is a fact that only the server
states. Requests are built once, stored as text, and sent again as the same bytes.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from localstore.records import DocKind

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a kind of document lives in the API and which of its fields a person writes."""

    path: str
    content: tuple[str, ...]
    save_method: str


SHAPES: dict[DocKind, Shape] = {
    DocKind.SEGMENT: Shape("segments", ("name", "dslJson"), "PATCH"),
    DocKind.CAMPAIGN: Shape("campaigns", ("name", "contentJson", "segmentId", "sendAt", "accountId"), "POST"),
    DocKind.SEQUENCE: Shape("sequences", ("name", "segmentId", "steps", "settings"), "POST"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the API."""

    method: str
    path: str
    body: str


def body_for(kind: DocKind, id: str, content: Json | None, base_rev: str | None) -> tuple[str, str]:
    """(verb, body) that brings this content to the server; verbs are create, save and delete."""
    if content is None:
        return "delete", _text({"updatedAt": base_rev})
    fields = {key: content.get(key) for key in SHAPES[kind].content}
    if base_rev is None:
        return "create", _text({"id": id, **fields})
    return "save", _text({**fields, "updatedAt": base_rev})


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def call_for(kind: DocKind, id: str, verb: str, body: str) -> Call:
    """The request a stored flight stands for."""
    shape = SHAPES[kind]
    match verb:
        case "create":
            return Call("POST", f"/api/{shape.path}", body)
        case "delete":
            pinned = quote(json.loads(body)["updatedAt"] or "", safe="")
            return Call("DELETE", f"/api/{shape.path}/{id}?updatedAt={pinned}", "")
        case _:
            return Call(shape.save_method, f"/api/{shape.path}/{id}", body)


def content_of_body(kind: DocKind, body: str) -> Json:
    """The content inside a stored request."""
    sent = json.loads(body)
    return {key: sent.get(key) for key in SHAPES[kind].content}


def split_row(kind: DocKind, row: Json) -> tuple[Json, Json]:
    """(content, facts) of a server row."""
    names = SHAPES[kind].content
    content = {key: row.get(key) for key in names}
    return content, {key: value for key, value in row.items() if key not in names}


def mailed_by(content: Json) -> list[str]:
    """The segments that say who is mailed: the one it goes to, and the goal of a sequence."""
    settings = content.get("settings") or {}
    return [id for id in (content.get("segmentId"), settings.get("goalSegmentId")) if id]


def parent_segment(kind: DocKind, content: Json | None) -> str | None:
    """The segment this document refers to; it must reach the server first."""
    if kind is DocKind.SEGMENT or content is None:
        return None
    parent: str | None = content.get("segmentId")
    return parent
