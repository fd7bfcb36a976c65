"""Links that are passed on by the sender's own server, and the picture that says that a mail was opened.

A tracked link is `PREFIX<token>-<code>`: the token is signed once for each mail, the code is fixed when the
mail is compiled. It is made of the address itself, so neither the order of blocks, nor conditions, nor a
later version of this program gives an old mail's link another target; and it is looked up in the content
that was frozen, so no link can be bent to lead anywhere else.
"""

import base64
import hashlib
import re
from collections.abc import Sequence

from contract.merge_tags import CLICK_TOKEN, OPEN_TOKEN, SENDERS_OWN, MergeTag
from render_preview.inline import Atom, is_safe_address
from render_preview.values import encode_address

CLICK, OPEN = MergeTag(CLICK_TOKEN), MergeTag(OPEN_TOKEN)
Address = tuple[Atom, ...]

CLICK_PATH, OPEN_PATH = "/t", "/o"
"""Where tracked links and the picture of an opened mail are, below the public address of the installation."""
TOKEN_LENGTH = 44
"""Characters of the token in each of them, up to two billion mails of sixty million contacts."""

_BYTES = 5
_CODE = re.compile(r"[a-z2-7]{8}")
_ON_THE_WEB = re.compile(r"https?://", re.IGNORECASE)


def link_code(link: int) -> str:
    """A link's number as it stands in a mail."""
    return base64.b32encode(link.to_bytes(_BYTES, "big")).decode().lower()


def read_link_code(code: str) -> int | None:
    """None for what cannot be one."""
    if not _CODE.fullmatch(code):
        return None
    return int.from_bytes(base64.b32decode(code.upper()), "big")


def _number(address: Address) -> int:
    spelled = "".join(map(str, address)).encode()
    return int.from_bytes(hashlib.blake2b(spelled, digest_size=_BYTES).digest(), "big")


class Tracking:
    """What is tracked in one mail, and where it leads. `clicks` and `opens` are prefixes; empty: not tracked.

    Addresses that begin with `own` are pages of ours.
    """

    def __init__(self, *, clicks: str = "", opens: str = "", own: str = "") -> None:
        self.clicks, self.opens = clicks, opens
        self._own = own
        self.links: dict[int, Address] = {}

    def link(self, atoms: Sequence[Atom]) -> int | None:
        """The number of a link that is passed on; it is found in `links` from now on.

        None for mail and telephone, for pages of ours, and for a merge tag alone, whose value may be any of
        these.
        """
        if not self.clicks or not is_safe_address(atoms) or not isinstance(atoms[0], str):
            return None
        address = tuple(a if isinstance(a, MergeTag) else encode_address(a.strip()) for a in atoms)
        if not _ON_THE_WEB.match(str(address[0])) or self._is_own(address):
            return None
        number = _number(address)
        return number if self.links.setdefault(number, address) == address else None

    def _is_own(self, address: Address) -> bool:
        tags = (atom.field for atom in address if isinstance(atom, MergeTag))
        return (bool(self._own) and str(address[0]).startswith(self._own)) or not SENDERS_OWN.isdisjoint(tags)


def page_prefix(public_url: str, path: str) -> str:
    """What the address of a page of ours begins with."""
    return f"{public_url.rstrip('/')}{path}/"


def tracking_at(public_url: str | None, *, clicks: bool, opens: bool) -> Tracking | None:
    """What is tracked of a mail; nothing where recipients do not reach the installation."""
    if not public_url or not (clicks or opens):
        return None
    return Tracking(
        clicks=page_prefix(public_url, CLICK_PATH) if clicks else "",
        opens=page_prefix(public_url, OPEN_PATH) if opens else "",
        own=page_prefix(public_url, ""),
    )
