"""What is written down of opens and clicks, and what contacts show of it."""

import asyncio

import pytest
from sqlalchemy import select, update

from backend.db.models.contact import Contact
from backend.mail_links import Purpose
from backend.tracking.recording import recording, write_all
from tests.backend.conftest import Member, Server
from tests.backend.tracking.visiting import Visitor, with_link

LINKS = [f"https://shop.example/{number}" for number in range(6)]


@pytest.fixture
async def ann(server: Server, owner: Member) -> Visitor:
    found = Visitor(server, owner)
    await found.open(with_link(*LINKS))
    await found.track()
    await server.clock.advance(600)
    return found


class TestBursts:
    async def test_a_scanner_that_follows_every_link_is_a_machine(self, ann: Visitor):
        for link in LINKS:
            await ann.follow(link)
        assert await ann.events() == [("clicked", True, 1)] * 6
        assert (await ann.contact()).last_click_at is None

    async def test_also_if_it_began_in_the_round_before(self, ann: Visitor):
        """Two clicks were a person's when they were written down; the third shows that they were not."""
        await ann.follow(LINKS[0])
        await ann.follow(LINKS[1])
        assert await ann.events() == [("clicked", False, 1)] * 2
        assert (await ann.contact()).last_click_at is not None
        await ann.server.clock.advance(3)
        await ann.follow(LINKS[2])
        assert await ann.events() == [("clicked", True, 1)] * 3
        contact = await ann.contact()
        assert (contact.last_click_at, contact.last_open_at) == (None, None)

    async def test_a_person_who_takes_time_is_a_person(self, ann: Visitor):
        for link in LINKS[:4]:
            await ann.follow(link)
            await ann.server.clock.advance(20)
        assert await ann.events() == [("clicked", False, 1)] * 4

    async def test_what_a_person_clicked_the_day_before_stays_a_persons(self, ann: Visitor):
        await ann.follow(LINKS[0])
        await ann.events()
        await ann.server.clock.advance(86_400)
        for link in LINKS:
            await ann.follow(link)
        found = await ann.events()
        assert found.count(("clicked", True, 1)) == 5
        assert ("clicked", False, 2) in found


class TestContact:
    async def test_it_knows_when_it_opened_and_clicked_last_and_is_looked_at_again(self, ann: Visitor):
        before = await ann.contact()
        await ann.load_picture()
        await ann.events()
        opened = await ann.contact()
        assert (opened.last_open_at, opened.last_click_at) == (ann.server.clock.now(), None)
        assert opened.rev > before.rev
        assert opened.updated_at == before.updated_at, "nobody edited it"
        await ann.server.clock.advance(60)
        await ann.follow(LINKS[0])
        await ann.events()
        clicked = await ann.contact()
        assert clicked.last_click_at == clicked.last_open_at == ann.server.clock.now()

    async def test_machines_leave_no_trace_in_it(self, ann: Visitor):
        await ann.load_picture(**{"User-Agent": "Mozilla/5.0"})
        await ann.follow(LINKS[0], **{"User-Agent": "curl/8"})
        assert await ann.events() == [("clicked", True, 1), ("opened", True, 1)]
        contact = await ann.contact()
        assert (contact.last_open_at, contact.last_click_at) == (None, None)

    async def test_its_namesake_in_another_organisation_keeps_what_it_has(
        self, ann: Visitor, stranger: Member
    ):
        other = int(stranger.session.org.id)
        await stranger.ok("POST", "/contacts", {"email": "ann@example.org"})
        async with ann.server.database.writer(other) as session:
            await session.execute(update(Contact).values(id=ann.contact_id))
        await ann.load_picture()
        await ann.events()
        async with ann.server.database.reader(other) as session:
            assert await session.scalar(select(Contact.last_open_at)) is None


class TestUnsubscribed:
    @pytest.mark.parametrize("page", ["u", "p"])
    async def test_after_which_mail_somebody_left_is_noted_once(self, ann: Visitor, page: str):
        purpose = Purpose.UNSUBSCRIBE if page == "u" else Purpose.PREFERENCES
        for _ in range(2):
            await ann.http.get(f"/{page}/{ann.token(purpose)}")
            assert await ann.events() == []
        for _ in range(2):
            await ann.http.post(f"/{page}/{ann.token(purpose)}", data={"act": "leave"})
        assert await ann.events() == [("unsubscribed", False, 1)]


class TestRounds:
    async def test_it_is_written_every_five_seconds_and_at_the_end(self, ann: Visitor):
        parts, ports = ann.server.app.state.parts, ann.server.ports
        async with recording(parts, ports):
            await ann.load_picture()
            await ann.server.clock.advance(5)
            assert parts.uses.take() == {}
            await ann.follow(LINKS[0])
        async with ann.server.database.reader(ann.org_id) as session:
            assert await session.scalar(select(Contact.last_click_at)) is not None
        assert parts.uses.take() == {}

    async def test_what_could_not_be_written_is_written_later(
        self, ann: Visitor, monkeypatch: pytest.MonkeyPatch
    ):
        await ann.load_picture()
        database = ann.server.database
        with monkeypatch.context() as patch:
            patch.setattr("backend.tracking.recording.write_down", _full)
            await write_all(database, ann.server.app.state.parts.uses)
        assert await ann.events() == [("opened", False, 1)]


async def _full(*_: object) -> None:
    raise OSError("the disk is full")


async def test_the_contacts_timeline_tells_of_opens_and_clicks(ann: Visitor):
    await ann.load_picture(**{"User-Agent": "Mozilla/5.0"})
    await ann.server.clock.advance(60)
    for _ in range(3):
        await ann.load_picture()
    await ann.server.clock.advance(60)
    await ann.follow(LINKS[0])
    await ann.events()
    entries = (await ann.owner.ok("GET", f"/contacts/{ann.contact_id}/timeline"))["entries"]
    assert [(entry["what"], entry["detail"].partition(",")[0]) for entry in entries[:3]] == [
        ("link in a mail clicked", "News"),
        ("mail opened", "News"),
        ("mail opened by a machine", "News"),
    ]
    assert "3 times" in entries[1]["detail"]


async def test_the_end_cuts_a_round_short_and_nothing_is_lost(
    ann: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ann.follow(LINKS[0])
    writing = asyncio.Event()

    async def stuck(*_: object) -> None:
        writing.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as slow:
        slow.setattr("backend.tracking.recording.write_down", stuck)
        round_ = asyncio.create_task(write_all(ann.server.database, ann.server.app.state.parts.uses))
        await writing.wait()
        round_.cancel()
        with pytest.raises(asyncio.CancelledError):
            await round_
    assert await ann.events() == [("clicked", False, 1)]
