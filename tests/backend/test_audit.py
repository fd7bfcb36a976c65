"""Every change of state says who did what, from which program, and which row it was before and after."""

from sqlalchemy import select

from backend.db.models.ledger import AuditEntry
from tests.backend.conftest import Member, Server, document


async def entries(server: Server, member: Member) -> list[AuditEntry]:
    async with server.database.reader(int(member.session.org.id)) as session:
        query = select(AuditEntry).where(AuditEntry.action.not_in(["login"]))
        return list(await session.scalars(query.order_by(AuditEntry.at, AuditEntry.id)))


async def test_a_campaigns_life(server: Server, owner: Member, member: Member) -> None:
    headers = {"User-Agent": "handbill/0.1"}
    body = {"name": "A", "contentJson": document()}
    made = (await member.http.post("/campaigns", json=body, headers=headers)).json()["campaign"]
    await server.clock.advance(1)
    await owner.ok("PATCH", f"/campaigns/{made['id']}", {"name": "B"})
    await server.clock.advance(1)
    await owner.ok("DELETE", f"/campaigns/{made['id']}")
    created, edited, deleted = await entries(server, owner)
    actions = ["campaign created", "campaign edited", "campaign deleted"]
    assert [entry.action for entry in (created, edited, deleted)] == actions
    assert {entry.target for entry in (created, edited, deleted)} == {f"campaign/{made['id']}"}
    assert (str(created.user_id), created.client) == (member.session.user.id, "handbill/0.1")
    assert str(edited.user_id) == owner.session.user.id
    assert created.before_hash is None
    assert created.after_hash == edited.before_hash
    assert edited.after_hash == deleted.before_hash != edited.before_hash
    assert deleted.after_hash is None


async def test_what_was_refused_leaves_no_entry(server: Server, owner: Member, stranger: Member) -> None:
    body = {"name": "A", "contentJson": document()}
    made = (await owner.ok("POST", "/campaigns", body))["campaign"]
    before = len(await entries(server, owner))
    await owner.refused(409, "segment_missing", "POST", f"/campaigns/{made['id']}/send", {})
    await stranger.refused(404, "not_found", "DELETE", f"/campaigns/{made['id']}")
    assert len(await entries(server, owner)) == before
    assert await entries(server, stranger) == []
