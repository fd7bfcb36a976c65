"""Recognising that this server was restored to an older state.

A client shows the newest change it ever saw as `seq.nonce`. A number that does not exist here, or bears
another nonce, means that this history is not the one the client saw.
"""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.feed import FeedEntry, OrgFeed
from contract.problems import CursorExpiredError, InvalidError, RewoundError


def parse_position(text: str, name: str) -> tuple[int, str]:
    """(sequence number, nonce). Raises `InvalidError`."""
    number, _, nonce = text.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= 18 and nonce):
        raise InvalidError.at(name, "expected a position such as the server gave")
    return int(number), nonce


async def check_position(session: AsyncSession, text: str, name: str) -> int:
    """The sequence number, if this history has it.

    Raises `CursorExpiredError` if it was pruned, `RewoundError` if it never was here.
    """
    seq, nonce = parse_position(text, name)
    found = await session.scalar(select(FeedEntry.nonce).where(FeedEntry.seq == seq))
    if found == nonce:
        return seq
    pruned = await session.scalar(select(OrgFeed.pruned_through)) or 0
    if found is None and seq <= pruned:
        raise CursorExpiredError
    raise RewoundError
