"""Whose copy of a campaign would break, found before anyone gets one."""

import pytest
from sqlalchemy import update

from backend.db.models.campaign import Campaign
from backend.db.models.contact import ContactAttrs
from contract.preflight import BrokenCopy
from contract.problems import InvalidError, NotReadyError, SegmentMissingError
from tests.backend.delivery.world import World

BLOCKS = [
    {"type": "text", "id": "t", "text": "Dear {{ name }}, [yours]({{ site }}). {{ city | somewhere }}"},
    {"type": "text", "id": "p", "text": "{{ plan }}", "showIf": {"field": "plan", "op": "isSet"}},
    {"type": "footer", "id": "f", "address": "1 Main Street"},
]
CONTENT = {"version": 1, "subject": "{{ name }}", "preheader": "News", "blocks": BLOCKS}


async def give(world: World, contact_id: int, **attrs: object) -> None:
    async with world.database.writer(world.org_id) as session:
        session.add(ContactAttrs(contact_id=contact_id, attrs=attrs))


async def page(world: World, campaign_id: str, cursor: str | None = None, limit: int = 500):
    campaign = await world.campaign(campaign_id)
    async with world.desk.reader(world.org_id) as session:
        return await world.sending.delivery.preflight(session, campaign, limit, cursor, world.clock.now())


async def every_page(world: World, campaign_id: str, limit: int) -> tuple[list[int], list[BrokenCopy]]:
    checked, broken, cursor = [], [], None
    while not checked or cursor:
        found = await page(world, campaign_id, cursor, limit)
        checked.append(found.checked)
        broken += found.broken
        cursor = found.next_cursor
    return checked, broken


async def test_everyone_whose_copy_breaks_is_named_with_every_reason(world: World):
    ann, bo, cy, dee, eve, left = await world.add_contacts(
        *("ann@example.org", "bo@example.org", "cy@example.org", "dee@example.org", "žluť@example.org"),
        "left@example.org",
    )
    await world.set_contact(left, status="unsubscribed", name=None)
    await world.set_contact(dee, name=None)
    for contact in (ann, dee, eve):
        await give(world, contact, site="https://example.org/a")
    await give(world, bo, site="javascript:alert(1)", plan="pro")
    await give(world, cy, city="x" * 3_000)
    campaign = await world.add_campaign(content_json=CONTENT)
    found = await page(world, campaign)
    assert (found.checked, found.next_cursor) == (5, None)
    told = {c.email: (c.name, c.missing, c.faults, c.left_out) for c in found.broken}
    assert told == {
        "bo@example.org": ("bo", [], ["site is not an address that a link can have"], False),
        "cy@example.org": ("cy", ["site"], ["city is longer than 2,000 characters and is cut"], False),
        "dee@example.org": (
            None,
            [],
            ["cannot be mailed: Subject: nothing is left of it without the missing values"],
            True,
        ),
        "žluť@example.org": (
            "žluť",
            [],
            ["cannot be mailed: To: not an address that can be mailed to"],
            True,
        ),
    }


async def test_page_after_page_everyone_is_looked_at_once(world: World):
    ids = await world.add_contacts(*(f"c{n}@example.org" for n in range(7)), name=None)
    campaign = await world.add_campaign(content_json={**CONTENT, "subject": "News"})
    checked, broken = await every_page(world, campaign, 3)
    assert checked == [3, 3, 1]
    assert [copy.contact_id for copy in broken] == [str(contact) for contact in ids]
    assert {tuple(copy.missing) for copy in broken} == {("name", "site")}


async def test_what_it_says_is_what_becomes_of_them(world: World, process):
    """Whoever cannot be mailed is left out by the send with the same words; a gap is mailed."""
    await world.add_contacts("ann@example.org")
    await world.add_contacts("bo@example.org", name=None)
    campaign = await world.add_campaign(content_json=CONTENT)
    foretold = {c.email: c.faults[0] for c in (await page(world, campaign)).broken if c.left_out}
    await process.work()
    skipped = {row.address: row.reason for row in await world.rows(campaign) if row.state == "skipped"}
    assert skipped == foretold == {"bo@example.org": next(iter(foretold.values()))}
    assert world.mailer.recipients() == ["ann@example.org"]


async def test_a_cursor_is_of_one_content(world: World):
    await world.add_contacts("a@example.org", "b@example.org")
    campaign = await world.add_campaign()
    cursor = (await page(world, campaign, limit=1)).next_cursor
    await world.clock.advance(1)
    async with world.database.writer(world.org_id) as session:
        await session.execute(
            update(Campaign).where(Campaign.id == campaign).values(updated_at=world.clock.now())
        )
    with pytest.raises(InvalidError):
        await page(world, campaign, cursor)


async def test_what_stands_against_it_is_said(world: World):
    campaign = await world.add_campaign(content_json={"version": 1, "blocks": [{"type": "new", "id": "x"}]})
    with pytest.raises(NotReadyError, match="blocks of the type new"):
        await page(world, campaign)
    world.audience.missing = True
    with pytest.raises(SegmentMissingError):
        await page(world, campaign)
