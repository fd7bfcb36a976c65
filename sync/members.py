"""Taking contacts into segments and out of them, online or not.

Each decision is stored here first and told to the server as soon as it can be. An address is known offline
if its contact was seen since the program started.
"""

from collections import OrderedDict
from collections.abc import Iterable

from contract.contacts import Contact, ContactList
from localstore.member_ops import EXCLUDE, INCLUDE, MemberOps
from sync.errors import OfflineError, ServiceError
from sync.member_push import MemberPush
from sync.stored import stored
from sync.wire_errors import TransportError
from sync.workspace import Workspace

MOST_REMEMBERED = 5_000


class SeenContacts:
    """The contacts that were on the screen lately, by address."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, str] = OrderedDict()

    def put(self, contacts: Iterable[Contact]) -> None:
        """Remember them; the longest unseen go first."""
        for contact in contacts:
            address = contact.email.casefold()
            self._ids[address] = contact.id
            self._ids.move_to_end(address)
        while len(self._ids) > MOST_REMEMBERED:
            self._ids.popitem(last=False)

    def id_of(self, email: str) -> str | None:
        """The id of a contact that was seen."""
        return self._ids.get(email.strip().casefold())


class MemberDecisions:
    """What a person decides about members, for one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.seen = SeenContacts()

    async def include(self, segment_id: str, emails: list[str]) -> int:
        """How many were decided. Raises `ServiceError` for an address that is no contact's."""
        ids = [await self._id_of(email) for email in emails]
        return await self._decide(segment_id, ids, INCLUDE)

    async def exclude(self, segment_id: str, contact_ids: list[str]) -> int:
        """How many were decided."""
        return await self._decide(segment_id, contact_ids, EXCLUDE)

    async def _decide(self, segment_id: str, ids: list[str], sign: int) -> int:
        store = await self._workspace.store()
        ops = MemberOps(store)
        async with stored():
            await ops.put(segment_id, ids, sign)
        try:
            await MemberPush(store, self._workspace.api()).push()
        except (TransportError, OfflineError):
            self._workspace.hurry()
        self._workspace.notify()
        refused = [op.refused for op in await ops.waiting() if op.segment_id == segment_id and op.refused]
        if refused:
            raise ServiceError(refused[0])
        return len(set(ids))

    async def _id_of(self, email: str) -> str:
        known = self.seen.id_of(email)
        if known is not None:
            return known
        found = await self._ask(email)
        self.seen.put(found.contacts)
        known = self.seen.id_of(email)
        if known is None:
            message = f"There is no contact with the address {email}."
            raise ServiceError(message)
        return known

    async def _ask(self, email: str) -> ContactList:
        try:
            return await self._workspace.api().get(ContactList, "/api/contacts", q=email, limit=50)
        except TransportError as error:
            message = f"Offline, and {email} was not seen here yet: its contact is not known."
            raise OfflineError(message) from error
