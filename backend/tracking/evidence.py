"""What the use of a link proves: whoever holds one got the mail that it came in.

So a mail of which nobody knew whether its server took it is known to have arrived, even if it was a scanner
that opened the link: nothing but that mail has it.
"""

from datetime import datetime

from sqlalchemy import select, update

from backend.db.engine import Database
from backend.db.models.delivery import DeliveryRecord
from backend.mail_links import MailClaim
from contract.delivery import DeliveryState

ITS_LINK_WAS_USED = "its link was used"


async def note_arrival(database: Database, claim: MailClaim, now: datetime) -> None:
    """Only an unknown mail changes; for every other one this only reads."""
    this_one = (
        DeliveryRecord.id == claim.delivery_id,
        DeliveryRecord.contact_id == claim.contact_id,
        DeliveryRecord.state == DeliveryState.UNKNOWN,
    )
    async with database.reader(claim.org_id) as session:
        if await session.scalar(select(DeliveryRecord.id).where(*this_one)) is None:
            return
    async with database.writer(claim.org_id) as session:
        arrived = {"state": DeliveryState.ACCEPTED, "reason": ITS_LINK_WAS_USED, "updated_at": now}
        await session.execute(
            update(DeliveryRecord).where(*this_one).values(arrived),
            execution_options={"synchronize_session": False},
        )
