import asyncio
from datetime import timedelta

import pytest

from backend.delivery.mailer import (
    AccountTroubleError,
    Envelope,
    LostError,
    NotSentError,
    RefusedError,
    Stage,
)
from backend.delivery.outcomes import MAX_ATTEMPTS
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import CONTENT, World

ANN, BO, CY = "ann@example.org", "bo@example.org", "cy@example.org"


def once(error: Exception, *addresses: str):
    """A script that raises for the first mail to these addresses, or to anyone."""
    raised: list[str] = []

    async def script(envelope: Envelope, message: bytes) -> None:
        if envelope.recipient not in raised and (not addresses or envelope.recipient in addresses):
            raised.append(envelope.recipient)
            raise error

    return script


def always(error: Exception):
    async def script(envelope: Envelope, message: bytes) -> None:
        raise error

    return script


class TestAnswers:
    async def test_a_temporary_refusal_is_tried_again_later_with_the_same_message_id(
        self, world: World, process: Process
    ):
        await world.add_contacts(ANN)
        world.mailer.after_body = once(RefusedError(Stage.BODY, 451, "later"))
        campaign = await world.add_campaign()
        await process.work()
        row = (await world.rows(campaign))[0]
        assert (row.state, row.attempts) == ("soft", 1)
        assert row.due_at is not None
        assert timedelta(seconds=48) <= row.due_at - world.clock.now() <= timedelta(seconds=72)
        assert (await world.campaign(campaign)).status == "SENDING"
        await world.clock.advance(72)
        await process.work()
        assert await world.states(campaign) == {ANN: "accepted"}
        ids = {
            line for _, mail in world.mailer.taken for line in mail.split(b"\r\n") if b"Message-ID" in line
        }
        assert (len(world.mailer.taken), len(ids)) == (2, 1)

    async def test_whatever_a_server_says_can_be_kept(self, world: World, process: Process):
        """PostgreSQL keeps no NUL: a mail's end that could not be written would hold up everyone's."""
        await world.add_contacts(ANN, BO)
        world.mailer.after_body = once(RefusedError(Stage.BODY, 550, "no\0\x1b[2J\nnever"), ANN)
        campaign = await world.add_campaign()
        async with asyncio.timeout(60):
            await process.work()
        assert await world.states(campaign) == {ANN: "failed", BO: "accepted"}
        assert (await world.reasons(campaign))[ANN] == "body 550 no  [2J never"

    async def test_trouble_of_any_words_pauses_the_account(self, world: World, process: Process):
        await world.add_contacts(ANN)
        world.mailer.trouble = AccountTroubleError("421 \0 closing")
        campaign = await world.add_campaign()
        async with asyncio.timeout(60):
            await process.work()
        assert await world.states(campaign) == {ANN: "pending"}
        world.mailer.trouble = None
        await world.clock.advance(24 * 3600)
        await process.work()
        assert await world.states(campaign) == {ANN: "accepted"}

    async def test_attempts_end(self, world: World, process: Process):
        await world.add_contacts(ANN)
        world.mailer.before_door = always(RefusedError(Stage.RCPT, 450, "busy"))
        campaign = await world.add_campaign()
        for _ in range(MAX_ATTEMPTS):
            await process.work()
            await world.clock.advance(8 * 3600)
        row = (await world.rows(campaign))[0]
        assert (row.state, row.attempts) == ("failed", MAX_ATTEMPTS)
        assert (await world.campaign(campaign)).status == "SENT"

    async def test_an_unknown_recipient_bounces_and_is_never_written_to_again(
        self, world: World, process: Process
    ):
        await world.add_contacts(ANN, BO)
        world.mailer.before_door = once(RefusedError(Stage.RCPT, 550, "5.1.1 no such user"), ANN)
        first = await world.add_campaign()
        await process.work()
        second = await world.add_campaign()
        await process.work()
        assert await world.states(first) == {ANN: "bounced", BO: "accepted"}
        assert await world.states(second) == {ANN: "skipped", BO: "accepted"}
        assert "bounced" in (await world.reasons(second))[ANN]

    async def test_a_refusal_for_policy_does_not_suppress_anyone(self, world: World, process: Process):
        await world.add_contacts(ANN)
        world.mailer.before_door = once(RefusedError(Stage.RCPT, 554, "5.7.1 relaying denied"))
        first = await world.add_campaign()
        await process.work()
        second = await world.add_campaign()
        await process.work()
        assert (await world.states(first), await world.states(second)) == ({ANN: "failed"}, {ANN: "accepted"})

    async def test_a_lost_answer_is_unknown_and_never_resent(self, world: World, process: Process):
        await world.add_contacts(ANN, BO)
        world.mailer.after_body = once(LostError("silence"), ANN)
        campaign = await world.add_campaign()
        for _ in range(5):
            await process.work()
            await world.clock.advance(24 * 3600)
        assert await world.states(campaign) == {ANN: "unknown", BO: "accepted"}
        assert sorted(world.mailer.recipients()) == [ANN, BO]
        assert (await world.campaign(campaign)).status == "SENT"

    async def test_an_idle_connection_that_ended_costs_nothing(self, world: World, process: Process):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(9)))
        world.mailer.before_door = once(NotSentError("gone"), "c7@example.org")
        campaign = await world.add_campaign()
        await process.work()
        assert {(row.state, row.attempts) for row in await world.rows(campaign)} == {("accepted", 1)}


class TestAccountTrouble:
    async def test_a_dead_server_uses_no_attempt_and_sending_goes_on_by_itself(
        self, world: World, process: Process
    ):
        await world.add_contacts(ANN, BO)
        world.mailer.trouble = AccountTroubleError("connection refused")
        campaign = await world.add_campaign()
        await process.work()
        assert {(row.state, row.attempts) for row in await world.rows(campaign)} == {("pending", 0)}
        world.mailer.trouble = None
        await process.work()
        assert world.mailer.taken == [], "the account rests first"
        await world.clock.advance(5)
        await process.work()
        assert (await world.campaign(campaign)).status == "SENT"


class TestPeople:
    async def test_after_a_pause_no_mail_leaves_and_resume_sends_the_rest(
        self, world: World, process: Process
    ):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(40)))
        campaign = await world.add_campaign()

        async def pause(envelope: Envelope, message: bytes) -> None:
            if len(world.mailer.taken) == 5:
                await world.set_status(campaign, "PAUSED")
                before.append(len(world.mailer.taken))

        before: list[int] = []
        world.mailer.after_body = pause
        await process.work()
        sent = len(world.mailer.taken)
        assert sent <= before[0] + world.account.lanes, "only those already through the door"
        assert sent < 40
        await process.work()
        assert len(world.mailer.taken) == sent
        await world.set_status(campaign, "SENDING")
        await process.work()
        assert len(world.mailer.recipients()) == len(set(world.mailer.recipients())) == 40
        assert {row.attempts for row in await world.rows(campaign)} == {1}

    async def test_cancelling_names_everyone_who_got_none(self, world: World, process: Process):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(40)))
        campaign = await world.add_campaign()

        async def cancel(envelope: Envelope, message: bytes) -> None:
            if len(world.mailer.taken) == 5:
                await world.set_status(campaign, "CANCELLED")

        world.mailer.after_body = cancel
        await process.work()
        states = await world.states(campaign)
        assert set(states.values()) == {"accepted", "cancelled"}
        assert {a for a, state in states.items() if state == "accepted"} == set(world.mailer.recipients())

    async def test_who_unsubscribes_while_it_is_sent_gets_none(self, world: World, process: Process):
        ids = await world.add_contacts(*(f"c{i:02}@example.org" for i in range(30)))
        campaign = await world.add_campaign()

        async def leave(envelope: Envelope, message: bytes) -> None:
            if len(world.mailer.taken) == 1:
                await world.set_contact(ids[-1], status="unsubscribed")

        world.mailer.after_body = leave
        await process.work()
        assert "c29@example.org" not in world.mailer.recipients()
        assert (await world.states(campaign))["c29@example.org"] == "skipped"
        assert len(world.mailer.taken) == 29
        assert (await world.campaign(campaign)).status == "SENT"

    async def test_a_correction_during_a_pause_reaches_those_not_yet_sent(
        self, world: World, process: Process
    ):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(20)))
        campaign = await world.add_campaign()

        async def pause(envelope: Envelope, message: bytes) -> None:
            if len(world.mailer.taken) == 4:
                await world.set_status(campaign, "PAUSED")

        world.mailer.after_body = pause
        await process.work()
        before = len(world.mailer.taken)
        corrected = {**CONTENT, "subject": "Corrected"}
        await world.set_status(campaign, "SENDING", content_json=corrected)
        await process.work()
        subjects = world.subjects()
        assert set(subjects[before:]) == {"Corrected"}
        assert "Corrected" not in subjects[:before]


class TestBreakers:
    async def test_content_that_is_refused_early_stops_the_campaign(self, world: World, process: Process):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(60)))
        world.mailer.after_body = always(RefusedError(Stage.BODY, 554, "spam"))
        campaign = await world.add_campaign()
        await process.work()
        found = await world.campaign(campaign)
        assert (found.status, found.paused_reason) == ("PAUSED", "refused_content")
        assert len(world.mailer.taken) <= 6 + world.account.lanes
        world.mailer.after_body = always_fine
        await world.set_status(campaign, "SENDING")
        await process.work()
        assert (await world.campaign(campaign)).status == "SENT"

    async def test_a_breaker_whose_first_word_was_lost_says_it_again(self, world: World, process: Process):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(60)))
        world.mailer.after_body = always(RefusedError(Stage.BODY, 554, "spam"))
        world.sending.tools.monitor.on_trip = None
        campaign = await world.add_campaign()
        await process.work()
        await process.work()
        assert (await world.campaign(campaign)).status == "PAUSED"

    @pytest.mark.parametrize(("bad", "status"), [(4, "SENT"), (30, "PAUSED")])
    async def test_many_bounces_stop_the_campaign_and_few_do_not(
        self, world: World, process: Process, bad: int, status: str
    ):
        await world.add_contacts(*(f"c{i:03}@example.org" for i in range(120)))
        unknown = [f"c{i:03}@example.org" for i in range(0, bad * 4, 4)]
        world.mailer.before_door = once(RefusedError(Stage.RCPT, 550, "5.1.1 unknown"), *unknown)
        campaign = await world.add_campaign()
        await process.work()
        assert (await world.campaign(campaign)).status == status


async def always_fine(envelope: Envelope, message: bytes) -> None:
    del envelope, message


class TestBusy:
    async def test_it_is_busy_while_anything_waits(self, world: World, process: Process):
        busy = world.sending.delivery.busy
        assert not await busy()
        await world.add_contacts(ANN)
        await world.add_campaign(send_at=world.clock.now() + timedelta(hours=5))
        assert await busy()
        await world.clock.advance(5 * 3600)
        await process.work()
        assert not await busy()
        sequence = await world.add_sequence(("hello", 0), ("tips", 1))
        await world.publish(sequence)
        await process.work()
        assert await busy(), "someone waits for tips"
        await world.clock.advance(3600)
        await process.work()
        assert not await busy()
