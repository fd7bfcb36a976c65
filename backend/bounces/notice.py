"""What a mail that came back says: delivery reports (RFC 3464) and complaints (RFC 5965).

Python's own `email` takes them apart. Whatever is not such a report says nothing that a program could rely
on, an automatic reply for instance, and gives no notice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from contract.bounces import BounceKind

MAX_REASON = 300
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_FULL, _OVER_QUOTA = ("2", "2"), ("3", "1")
_POLICY = "7"
_FOR_US = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_KINDS = {
    "delayed": BounceKind.DELAYED,
    "delivered": BounceKind.DELIVERED,
    "relayed": BounceKind.DELIVERED,
    "expanded": BounceKind.DELIVERED,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said about one mail to `recipient`.

    `came_to` are the addresses at which it reached us, `returned_to` where the mail itself was to return.
    """

    kind: BounceKind
    reason: str
    recipient: str
    message_id: str = ""
    came_to: tuple[str, ...] = ()
    returned_to: str = ""


def _parts(part: Message) -> list[Message]:
    """What it is made of; nothing for a part that is text."""
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _text(part: Message, name: str) -> str:
    return " ".join(str(part.get(name, "")).split())


def _typed(value: str) -> str:
    """Without the `rfc822;` or `smtp;` in front."""
    return value.partition(";")[2].strip() if ";" in value else value.strip()


def _address(value: str) -> str:
    return _typed(value).strip("<> ").lower()


def _addresses(mail: Message, names: tuple[str, ...]) -> tuple[str, ...]:
    values = [str(value) for name in names for value in mail.get_all(name, [])]
    return tuple(address.lower() for _, address in getaddresses(values) if "@" in address)


def _returned(parts: list[Message]) -> Message | None:
    """The mail that came back, or at least its headers."""
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            return next(iter(_parts(part)), None)
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            return message_from_bytes(content) if isinstance(content, bytes) else None
    return None


def _failed(status: str, words: str) -> BounceKind:
    """A full mailbox and a filter that said no are no reason never to write again."""
    found = _STATUS.search(status) or _STATUS.search(words)
    if found is None or found[1] != "5":
        return BounceKind.SOFT
    passes = (found[2], found[3]) in (_FULL, _OVER_QUOTA) or found[2] == _POLICY
    return BounceKind.SOFT if passes else BounceKind.HARD


def _reported(part: Message) -> Iterator[tuple[BounceKind, str, str]]:
    """(kind, reason, recipient) of each recipient in a `message/delivery-status`."""
    for group in _parts(part):
        recipient = _address(_text(group, "Original-Recipient") or _text(group, "Final-Recipient"))
        action = _text(group, "Action").lower()
        if not recipient or not action:
            continue
        status, words = _text(group, "Status"), _typed(_text(group, "Diagnostic-Code"))
        kind = _KINDS.get(action) or _failed(status, words)
        yield kind, f"{status} {words}".strip()[:MAX_REASON], recipient


def _complained(part: Message, returned: Message | None) -> Iterator[tuple[BounceKind, str, str]]:
    fields = next(iter(_parts(part)), part)
    recipient = _address(_text(fields, "Original-Rcpt-To"))
    if not recipient and returned is not None:
        recipient = next(iter(_addresses(returned, ("To",))), "")
    kind = _text(fields, "Feedback-Type").lower() or "abuse"
    if kind in ("abuse", "fraud", "virus", "other"):
        yield BounceKind.COMPLAINT, f"feedback: {kind}"[:MAX_REASON], recipient


def _said(parts: list[Message], returned: Message | None) -> Iterator[tuple[BounceKind, str, str]]:
    for part in parts:
        match part.get_content_type():
            case "message/delivery-status":
                yield from _reported(part)
            case "message/feedback-report":
                yield from _complained(part, returned)


def read_notices(content: bytes) -> list[Notice]:
    """None for a mail that is no report. Never raises, whatever the bytes are."""
    try:
        return _read(message_from_bytes(content))
    except (RecursionError, LookupError, ValueError):
        return []  # nobody's mail server writes such a thing


def _read(mail: Message) -> list[Notice]:
    if mail.get_content_type() != "multipart/report":
        return []
    parts = _parts(mail)
    returned = _returned(parts)
    message_id = _text(returned, "Message-ID").strip("<> ") if returned is not None else ""
    returned_to = _address(_text(returned, "Return-Path")) if returned is not None else ""
    came_to = _addresses(mail, _FOR_US)
    return [
        Notice(kind, reason, recipient, message_id, came_to, returned_to)
        for kind, reason, recipient in _said(parts, returned)
    ]
