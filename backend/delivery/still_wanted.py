"""Asking the segments once more, about mails that were just claimed: who reached the goal since, or left.

ADVANCE asked before the mail was made, and a sweep takes back what waits (leaving.py), but only now and then.
Here nobody slips through in between. It is asked after the claim and before the first mail, so that no writer
waits for a segment. A campaign, and a sequence without such rules, asks nothing.
"""

from datetime import datetime
from functools import partial

from backend.db.engine import Database
from backend.delivery.claims import Claims, postpone, skip
from backend.delivery.due_steps import LOOK_AGAIN
from backend.delivery.memberships import find_memberships
from backend.delivery.sources import Claimed
from backend.ports import Audience


async def still_wanted(
    database: Database, audience: Audience, claims: Claims, session_id: str, now: datetime
) -> list[Claimed]:
    """The claimed mails that may go.

    The others are skipped, with the reason that the sweep writes; all wait where a segment is missing.
    """
    rules, mails = claims.rules, claims.mails
    if rules is None or not rules.asks_about or not mails:
        return mails
    source = mails[0].source
    async with database.reader(source.org_id) as session:
        ids = {mail.contact_id for mail in mails}
        found = await find_memberships(audience, session, rules, ids, now)
    if found.missing:
        until = dict.fromkeys((mail.id for mail in mails), now + LOOK_AGAIN)
        wait = partial(postpone, source=source, session_id=session_id, until=until, now=now)
        await database.write_ledger(wait, inside=source.org_id)
        return []
    why = {mail.id: reason for mail in mails if (reason := found.reason_to_leave(mail.contact_id))}
    if why:
        let_go = partial(skip, source=source, session_id=session_id, reasons=why, now=now)
        await database.write_ledger(let_go, inside=source.org_id)
    return [mail for mail in mails if mail.id not in why]
