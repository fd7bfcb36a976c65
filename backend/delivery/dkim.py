"""Signing mails (DKIM: RFC 6376, Ed25519: RFC 8463), as fast as the keys allow.

Our own mails need no general signer: they have CRLF line ends, seven bits and each header once. Headers are
signed `relaxed`, because relays fold them anew; bodies `simple`, because quoted-printable text passes as it
is and hashing it whole is the cheapest.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from backend.dkim_keys import PrivateKey, ascii_domain, read_private
from contract.dkim import DkimAlgorithm

SIGNED = (
    *("from", "to", "subject", "date", "message-id", "reply-to"),
    *("list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id"),
    *("precedence", "auto-submitted", "mime-version", "content-type"),
)
"""All that we write, so that nobody can change what a filter or a reader goes by."""
ONCE = (
    *("from", "to", "subject", "date", "message-id", "reply-to"),
    *("list-unsubscribe", "list-unsubscribe-post"),
)
"""Named once more than they occur: a second one that is added on the way breaks the signature."""
LINE = 72


class SealedKeyError(Exception):
    """A key cannot be opened with the secret key of this installation."""


@dataclass(frozen=True, slots=True)
class AccountKey:
    """An active key of a sending account. `private` is None where it cannot be opened."""

    selector: str
    algorithm: DkimAlgorithm
    private: str | None

    def __repr__(self) -> str:
        return f"AccountKey({self.selector})"


@dataclass(frozen=True, slots=True)
class _Signing:
    head: bytes
    key: PrivateKey

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(hashlib.sha256(data).digest())
        return self.key.sign(data, PKCS1v15(), SHA256())


def _relaxed(line: bytes) -> tuple[str, bytes]:
    """A header's name, and the header as it is signed."""
    name, _, value = line.partition(b":")
    lower = name.strip().lower()
    return lower.decode(), lower + b":" + b" ".join(value.split())


def _headers(head: bytes) -> dict[str, bytes]:
    unfolded = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ")
    return dict(map(_relaxed, unfolded.split(b"\r\n")))


def _folded(value: bytes) -> bytes:
    return b"\r\n ".join(value[start : start + LINE] for start in range(0, len(value), LINE))


class Signer:
    """Signs in the name of one domain, with each of its keys. Raises `SealedKeyError` when it is made."""

    def __init__(self, from_email: str, keys: Sequence[AccountKey]) -> None:
        domain = ascii_domain(from_email)
        self._signings = [self._signing(domain, key) for key in keys]

    def _signing(self, domain: str, key: AccountKey) -> _Signing:
        if key.private is None:
            raise SealedKeyError(f"the DKIM key {key.selector} cannot be opened with HANDBILL_SECRET_KEY")
        tags = f"v=1; a={key.algorithm}-sha256; c=relaxed/simple; d={domain};\r\n s={key.selector}; t="
        return _Signing(b"DKIM-Signature: " + tags.encode(), read_private(key.private))

    def sign(self, message: bytes, at: datetime) -> bytes:
        """The message with its signatures in front."""
        head, _, body = message.partition(b"\r\n\r\n")
        headers = _headers(head)
        names = tuple(name for name in SIGNED if name in headers)
        # b"\r\n" ends each header; what is named once more than it occurs adds nothing.
        signed = b"".join(headers[name] + b"\r\n" for name in names)
        digest = hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest()
        rest = b"%d;\r\n h=%s;\r\n bh=%s;\r\n b=" % (
            int(at.timestamp()),
            _names(names),
            base64.b64encode(digest),
        )
        lines = [self._line(signing, rest, signed) for signing in self._signings]
        return b"".join([*lines, message])

    def _line(self, signing: _Signing, rest: bytes, signed: bytes) -> bytes:
        line = signing.head + rest
        _, itself = _relaxed(line.replace(b"\r\n", b""))
        signature = base64.b64encode(signing.sign(signed + itself))
        return line + _folded(signature) + b"\r\n"


@cache
def _names(names: tuple[str, ...]) -> bytes:
    """In lines, each begun by a space that the signed form does not know."""
    lines = [""]
    for name in (*names, *ONCE):
        if len(lines[-1]) + len(name) > LINE - 4:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n ".join(lines).removesuffix(":").encode()
