import asyncio
import re
from datetime import timedelta
from email import message_from_bytes

from backend.db.models.contact import Suppression
from backend.suppressing import address_hash
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import CONTENT, World


class TestSending:
    async def test_everyone_gets_one_mail_and_the_campaign_is_sent(self, world: World, process: Process):
        await world.add_contacts("ann@example.org", "bo@example.org", "cy@example.org")
        campaign = await world.add_campaign()
        await process.work()
        assert sorted(world.mailer.recipients()) == ["ann@example.org", "bo@example.org", "cy@example.org"]
        assert set((await world.states(campaign)).values()) == {"accepted"}
        assert (await world.campaign(campaign)).status == "SENT"

    async def test_nothing_goes_before_its_time_and_then_to_the_second(self, world: World, process: Process):
        await world.add_contacts("ann@example.org")
        due = world.clock.now() + timedelta(minutes=90)
        campaign = await world.add_campaign(send_at=due)
        await process.work()
        assert world.mailer.taken == []
        assert process.engine.timers[0][0] == due
        await world.clock.advance(90 * 60)
        await process.work()
        assert (await world.campaign(campaign)).status == "SENT"
        assert world.mailer.recipients() == ["ann@example.org"]

    async def test_a_mail_carries_the_contacts_values_and_a_link_to_leave(
        self, world: World, process: Process
    ):
        await world.add_contacts("ann@example.org", name="Ann")
        await world.add_campaign()
        await process.work()
        message = world.mailer.taken[0][1].decode()
        assert "Subject: Hello Ann" in message
        assert "List-Unsubscribe: <https://news.example.com/u/" in message
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in message

    async def test_links_to_preferences_and_to_the_browser_are_the_persons_own(
        self, world: World, process: Process
    ):
        text = {"type": "text", "id": "t", "text": "{{ preferences_url }} or {{ view_url }}"}
        content = CONTENT | {"blocks": [text, CONTENT["blocks"][1]]}
        await world.add_contacts("ann@example.org", "bo@example.org")
        await world.add_campaign(content_json=content)
        await process.work()
        bodies = [
            message_from_bytes(raw).get_payload()[0].get_payload(decode=True) for _, raw in world.mailer.taken
        ]
        for path in ("p", "v"):
            found = {
                re.search(rb"https://news.example.com/" + path.encode() + rb"/([0-9a-z-]+)", body)[1]
                for body in bodies
            }
            assert len(found) == 2
            assert {len(token.rsplit(b"-")[-1]) for token in found} == {24}

    async def test_a_footers_links_are_there_only_where_pages_can_be_reached(
        self, world: World, process: Process
    ):
        footer = CONTENT["blocks"][1] | {"preferences": "What you get", "view": "As a page"}
        content = CONTENT | {"blocks": [CONTENT["blocks"][0], footer]}
        await world.add_contacts("ann@example.org")
        for public_url in ("https://news.example.com", None):
            world.sending.tools.letters.public_url = public_url
            await world.add_campaign(content_json=content)
            await process.work()
        linked, bare = (
            message_from_bytes(raw).get_payload()[0].get_payload(decode=True).decode()
            for _, raw in world.mailer.taken
        )
        assert "What you get: https://news.example.com/p/" in linked
        assert "As a page: https://news.example.com/v/" in linked
        assert "Unsubscribe: mailto:news@example.com" in bare
        assert "What you get" not in bare
        assert "As a page" not in bare

    async def test_the_left_out_are_named_with_the_reason(self, world: World, process: Process):
        await world.add_contacts("ok@example.org", "hurt@example.org", "idn@bücher.example")
        await world.add_contacts("left@example.org", status="unsubscribed")
        await world.add_contacts("gone@example.org", status="bounced")
        await world.add_contacts("idn@xn--bcher-kva.example", "žluť@example.org")
        async with world.database.writer(world.org_id) as session:
            session.add(
                Suppression(
                    address_hash=address_hash("hurt@example.org"), reason="complaint", since=world.clock.now()
                )
            )
        campaign = await world.add_campaign()
        await process.work()
        rows = await world.rows(campaign)
        skipped = {(row.address, row.reason) for row in rows if row.state == "skipped"}
        assert skipped == {
            ("hurt@example.org", "suppressed: complaint"),
            ("left@example.org", "unsubscribed"),
            ("gone@example.org", "suppressed: bounced"),
            ("idn@xn--bcher-kva.example", "duplicate address"),
            ("žluť@example.org", "cannot be mailed: To: not an address that can be mailed to"),
        }
        assert sorted(world.mailer.recipients()) == ["idn@xn--bcher-kva.example", "ok@example.org"]

    async def test_another_organisations_contacts_are_not_mailed(self, world: World, process: Process):
        other = await world.add_org("Other")
        await world.add_contacts("secret@example.org", org_id=other)
        await world.add_contacts("ann@example.org")
        await world.add_campaign()
        await process.work()
        assert world.mailer.recipients() == ["ann@example.org"]


class TestBlockedSends:
    async def test_a_missing_segment_blocks_and_never_means_everyone(self, world: World, process: Process):
        await world.add_contacts("ann@example.org")
        world.audience.missing = True
        gone = await world.add_campaign()
        never_chosen = await world.add_campaign(segment_id=None)
        await process.work()
        for campaign_id in (gone, never_chosen):
            campaign = await world.campaign(campaign_id)
            assert (campaign.status, campaign.paused_reason) == ("PAUSED", "segment_missing")
        assert world.mailer.taken == []

    async def test_a_schedule_missed_by_more_than_an_hour_asks(self, world: World, process: Process):
        await world.add_contacts("ann@example.org")
        late = await world.add_campaign(send_at=world.clock.now() - timedelta(minutes=61))
        in_time = await world.add_campaign(send_at=world.clock.now() - timedelta(minutes=59))
        await process.work()
        campaign = await world.campaign(late)
        assert (campaign.status, campaign.paused_reason) == ("PAUSED", "missed_schedule")
        assert (await world.campaign(in_time)).status == "SENT"
        await world.set_status(late, "SENDING")
        await process.work()
        assert (await world.campaign(late)).status == "SENT"

    async def test_content_of_a_newer_version_is_not_sent(self, world: World, process: Process):
        await world.add_contacts("ann@example.org")
        blocks = [{"type": "carousel", "id": "c"}]
        campaign_id = await world.add_campaign(content_json={"version": 1, "subject": "x", "blocks": blocks})
        await process.work()
        campaign = await world.campaign(campaign_id)
        assert campaign.status == "PAUSED"
        assert "carousel" in (campaign.paused_reason or "")
        assert world.mailer.taken == []


async def test_a_mistake_of_who_listens_to_outcomes_holds_nobody_up(world: World, process: Process):
    def broken(*_: object) -> None:
        raise RuntimeError

    process.journal._listener = broken
    await world.add_contacts(*(f"c{i}@example.org" for i in range(30)))
    campaign = await world.add_campaign()
    async with asyncio.timeout(30):
        await process.work()
    assert set((await world.states(campaign)).values()) == {"accepted"}
