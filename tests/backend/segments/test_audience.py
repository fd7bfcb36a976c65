"""The audience as the sending side asks for it, also in statements that span organisations."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.db.entry import enter_organisation
from backend.db.models.contact import Contact
from backend.segments.audience import SegmentAudience
from contract.ids import new_document_id
from contract.problems import SegmentMissingError
from tests.backend.conftest import Member, Server
from tests.backend.contacts.test_contacts import add


async def include(member: Member, segment_id: str, contact: dict[str, Any]) -> None:
    body = {"contactIds": [contact["id"]]}
    await member.ok("POST", f"/segments/{segment_id}/members", body)


async def test_a_decision_counts_in_its_own_organisation_only(
    server: Server, owner: Member, stranger: Member
) -> None:
    """Both organisations have a segment with one id, and contacts with the same numbers."""
    wanted = new_document_id()
    for member in (owner, stranger):
        await member.ok("POST", "/segments", {"id": wanted, "name": "S", "dslJson": {"any": []}})
    ours = [await add(owner, f"{name}@x.example") for name in ("a", "b")]
    theirs = [await add(stranger, f"{name}@x.example") for name in ("a", "b")]
    assert [c["id"] for c in ours] == [c["id"] for c in theirs]
    await include(owner, wanted, ours[0])
    await include(stranger, wanted, theirs[1])
    org_id = int(owner.session.org.id)
    async with server.database.reader(org_id) as session:
        condition = await SegmentAudience().members(session, wanted, server.clock.now())
    spanning = select(Contact.id).where(Contact.org_id == org_id, condition)
    async with server.database.system_reader() as session:
        await enter_organisation(session, org_id)
        assert [str(i) for i in await session.scalars(spanning)] == [ours[0]["id"]]


async def test_a_segment_that_is_gone(server: Server, owner: Member) -> None:
    async with server.database.reader(int(owner.session.org.id)) as session:
        with pytest.raises(SegmentMissingError):
            await SegmentAudience().members(session, new_document_id(), server.clock.now())
