"""Members decided by hand, online and offline."""

import pytest

from localstore.member_ops import EXCLUDE, INCLUDE, MemberOps
from localstore.records import DocKind
from sync.member_push import MemberPush
from sync.wire_errors import TransportError
from tests.sync.conftest import Desk, World

SEGMENT = "018f0000-0000-7000-8000-0000000000aa"


@pytest.fixture
async def desk(world: World) -> Desk:
    desk = await world.desk()
    await desk.store.create(DocKind.SEGMENT, SEGMENT, {"name": "By hand", "dslJson": {"any": []}})
    return desk


async def contact(desk: Desk, email: str) -> str:
    return (await desk.api.call("POST", "/api/contacts", body={"email": email})).body["contact"]["id"]


async def members(desk: Desk) -> list[str]:
    body = (await desk.api.call("GET", f"/api/segments/{SEGMENT}")).body
    return sorted(member["email"] for member in body["members"])


async def test_the_last_word_about_a_contact_counts_and_waits_for_the_segment(desk):
    ana, bo = await contact(desk, "ana@x.example"), await contact(desk, "bo@x.example")
    ops = MemberOps(desk.store)
    await ops.put(SEGMENT, [ana, bo], INCLUDE)
    await ops.put(SEGMENT, [bo], EXCLUDE)
    await MemberPush(desk.store, desk.api).push()
    assert len(await ops.waiting()) == 2
    await desk.push_all()
    await MemberPush(desk.store, desk.api).push()
    assert await members(desk) == ["ana@x.example"]
    assert await ops.waiting() == []


@pytest.mark.parametrize("fault", ["request lost", "answer lost", "answer cut"])
async def test_a_lost_answer_costs_nothing_and_a_later_word_stays(desk, fault):
    await desk.push_all()
    ana = await contact(desk, "ana@x.example")
    ops = MemberOps(desk.store)
    await ops.put(SEGMENT, [ana], INCLUDE)
    desk.line.fault = fault
    with pytest.raises(TransportError):
        await MemberPush(desk.store, desk.api).push()
    sent = await ops.waiting()
    await ops.put(SEGMENT, [ana], EXCLUDE)
    await ops.landed(sent)
    assert [op.sign for op in await ops.waiting()] == [EXCLUDE]
    await MemberPush(desk.store, desk.api).push()
    assert await members(desk) == []


async def test_what_the_server_refuses_waits_with_its_reason_and_stops_nothing(desk):
    await desk.push_all()
    ana = await contact(desk, "ana@x.example")
    ops = MemberOps(desk.store)
    await ops.put("018f0000-0000-7000-8000-0000000000ff", [ana], INCLUDE)
    await ops.put(SEGMENT, [ana], INCLUDE)
    await MemberPush(desk.store, desk.api).push()
    (refused,) = await ops.waiting()
    assert refused.refused
    assert await members(desk) == ["ana@x.example"]
    assert desk.peek.member_ops() == [(refused.segment_id, 1, refused.refused)]
