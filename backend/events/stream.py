"""The stream of one listener: its organisation's place in the feed, and a sign of life in between."""

import asyncio
from collections.abc import AsyncGenerator

from sqlalchemy import select

from backend.auth.tokens import ACCESS_SECONDS, AccessClaims
from backend.db.models.feed import OrgFeed
from backend.db.models.org import TokenFamily
from backend.parts import Parts
from contract.clock import Clock

LOOK_SECONDS = 5.0
"""How long a change by another process may stay unnoticed."""

HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b": still here\n\n"


async def _place(parts: Parts, claims: AccessClaims) -> int | None:
    """The feed's newest number; None when the session is over."""
    async with parts.database.reader(claims.org_id) as session:
        family = select(TokenFamily.revoked_at).where(
            TokenFamily.id == claims.family, TokenFamily.user_id == claims.user_id
        )
        standing = (await session.execute(family)).first()
        if standing is None or standing.revoked_at is not None:
            return None
        return await session.scalar(select(OrgFeed.seq))


async def _rest(clock: Clock, poked: asyncio.Event) -> None:
    """Until someone pokes, or it is time to look."""
    timer = asyncio.ensure_future(clock.sleep(LOOK_SECONDS))
    woken = asyncio.ensure_future(poked.wait())
    try:
        await asyncio.wait({timer, woken}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
        woken.cancel()


async def positions(parts: Parts, claims: AccessClaims) -> AsyncGenerator[bytes]:
    """Events as bytes, until the session is over, its token is old, or the process ends."""
    clock, told = parts.clock, None
    begun = heard = clock.monotonic()
    with parts.pokes.listening(claims.org_id) as poked:
        while not parts.pokes.closed and clock.monotonic() - begun < ACCESS_SECONDS:
            poked.clear()
            place = await _place(parts, claims)
            if place is None:
                return
            if place != told:
                told, heard = place, clock.monotonic()
                yield f"data: {place}\n\n".encode()
            elif clock.monotonic() - heard >= HEARTBEAT_SECONDS:
                heard = clock.monotonic()
                yield HEARTBEAT
            await _rest(clock, poked)
