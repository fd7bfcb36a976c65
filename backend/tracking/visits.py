"""Who comes through a link in a mail: nobody, unless an organisation of ours signed it for this purpose."""

from dataclasses import dataclass

from sqlalchemy import select

from backend.db.engine import Database
from backend.db.models.delivery import SendingSecret
from backend.db.models.event import EventType
from backend.db.models.org import Org
from backend.mail_links import MailClaim, Purpose, is_genuine, read_unverified


@dataclass(frozen=True, slots=True)
class Visit:
    """A genuine link. `sender` is the organisation's name; `tracked` is what it wants to know of."""

    claim: MailClaim
    sender: str
    tracked: frozenset[EventType] = frozenset()

    @property
    def is_test(self) -> bool:
        """It came in a test mail, so nobody is meant."""
        return self.claim.delivery_id == 0


def masked(email: str) -> str:
    """Enough to recognise one's own address, too little to learn another's from a forwarded mail."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"


async def find_secret(database: Database, org_id: int) -> bytes | None:
    """None if the organisation never sent anything, or never was."""
    async with database.reader(org_id) as session:
        secret = await session.scalar(select(SendingSecret.secret))
    return bytes.fromhex(secret) if secret is not None else None


async def find_visit(database: Database, purpose: Purpose, token: str) -> Visit | None:
    """None for a link that is forged, cut off, or was made for something else."""
    claim = read_unverified(token)
    if claim is None:
        return None
    secret = await find_secret(database, claim.org_id)
    if secret is None or not is_genuine(secret, purpose, token):
        return None
    async with database.system_reader() as session:
        chosen = select(Org.name, Org.track_opens, Org.track_clicks).where(Org.id == claim.org_id)
        org = (await session.execute(chosen)).one()
    wanted = {EventType.OPENED: org.track_opens, EventType.CLICKED: org.track_clicks}
    return Visit(claim, org.name, frozenset(kind for kind, wants in wanted.items() if wants))
