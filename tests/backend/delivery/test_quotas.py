"""Rates and daily caps hold for all workers of a database together."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest

from backend.delivery.accounts import Account
from backend.delivery.mailer import ServerLogin
from backend.delivery.quotas import Grant, grant
from backend.delivery.seats import seats_of
from backend.delivery.turns import CappedError, Turns
from tests.backend.delivery.process import Process
from tests.backend.delivery.world import World


def account(world: World, **limits: float) -> Account:
    plain = Account(world.org_id, 0, ServerLogin("127.0.0.1", 25), "news@example.com")
    return replace(plain, **limits)


async def ask(world: World, limited: Account, wanted: int) -> Grant:
    asking = partial(grant, account=limited, wanted=wanted, now=world.clock.now())
    return await world.database.write_ledger(asking, inside=limited.org_id)


class TestRate:
    async def test_two_workers_that_ask_in_turn_keep_one_rate_evenly(self, world: World):
        limited = account(world, rate=100)
        moments = [moment for _ in range(8) for moment in (await ask(world, limited, 50)).moments()]
        gaps = {round((later - earlier).total_seconds(), 4) for earlier, later in pairwise(moments)}
        assert gaps == {0.01}
        assert moments[0] == world.clock.now()

    async def test_what_was_missed_is_not_made_up_for(self, world: World):
        limited = account(world, rate=100)
        await ask(world, limited, 50)
        await world.clock.advance(30)
        assert (await ask(world, limited, 50)).first == world.clock.now()

    async def test_a_lane_waits_for_its_turn(self, world: World):
        turns = Turns(world.database, world.clock, account(world, rate=10))
        await turns.take()
        waiting = asyncio.create_task(turns.take())
        for _ in range(20):
            await asyncio.sleep(0.001)
        await world.clock.advance(0.09)
        assert not waiting.done()
        await world.clock.advance(0.02)
        await waiting

    async def test_without_limits_nobody_is_asked(self, world: World):
        turns = Turns(world.database, world.clock, account(world))
        await world.database.close()
        for _ in range(1000):
            await turns.take()


class TestCaps:
    async def test_a_day_ends_at_its_cap_and_the_next_one_begins_anew(self, world: World):
        limited = account(world, daily_cap=70)
        first, second = (Turns(world.database, world.clock, limited) for _ in range(2))
        for _ in range(30):
            await first.take()
        await first.close()
        for _ in range(40):
            await second.take()
        for turns in (first, second):
            with pytest.raises(CappedError) as capped:
                await turns.take()
        midnight = world.clock.now().replace(hour=0, minute=0) + timedelta(days=1)
        assert capped.value.until == midnight
        await world.clock.advance((midnight - world.clock.now()).total_seconds())
        await second.take()

    async def test_what_was_not_used_is_given_back(self, world: World):
        limited = account(world, daily_cap=60, rate=100)
        first = Turns(world.database, world.clock, limited)
        await first.take()
        await first.close()
        rest = await ask(world, limited, 100)
        assert rest.count == 59
        assert rest.first - world.clock.now() == timedelta(seconds=0.01), "no gap"

    async def test_a_turn_that_is_in_hand_needs_no_waiting_and_can_be_put_back(self, world: World):
        turns = Turns(world.database, world.clock, account(world, daily_cap=2))
        assert turns.take_now() is None, "nothing was granted yet"
        await turns.take()
        moment = turns.take_now()
        assert moment is not None
        assert turns.take_now() is None
        turns.put_back(moment)
        await turns.take()
        with pytest.raises(CappedError):
            await turns.take()

    async def test_under_a_rate_a_turn_whose_moment_has_not_come_is_not_in_hand(self, world: World):
        turns = Turns(world.database, world.clock, account(world, rate=10))
        await turns.take()
        assert turns.take_now() is None
        await world.clock.advance(0.1)
        assert turns.take_now() is not None

    async def test_a_database_that_is_away_stops_nobody_who_has_a_turn(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ):
        turns = Turns(world.database, world.clock, account(world, daily_cap=1_000))
        await turns.take()

        async def away(*_: object, **__: object) -> None:
            raise OSError

        monkeypatch.setattr(world.database, "write_ledger", away)
        for _ in range(49):
            await turns.take()
        with pytest.raises(OSError):
            await turns.take()

    async def test_the_organisation_has_a_cap_over_all_its_accounts(self, world: World):
        one = account(world, org_daily_cap=80)
        other = replace(one, id=7)
        for spent in (one, other):
            turns = Turns(world.database, world.clock, spent)
            for _ in range(40):
                await turns.take()
            await turns.close()
        with pytest.raises(CappedError):
            await Turns(world.database, world.clock, one).take()

    async def test_a_capped_campaign_goes_on_the_next_day(self, world: World, process: Process):
        await world.add_contacts(*(f"c{i}@example.org" for i in range(12)))
        await world.cap_organisation(5)
        campaign = await world.add_campaign()
        for day in range(3):
            await process.work()
            assert len(world.mailer.taken) == min(12, 5 * (day + 1))
            await world.clock.advance(24 * 3600)
        assert {(row.state, row.attempts) for row in await world.rows(campaign)} == {("accepted", 1)}

    async def test_a_cap_costs_no_round_trip_for_each_mail(self, world: World, process: Process):
        """A mail that has its turn already is announced with the one before, as without a cap."""
        await world.add_contacts(*(f"c{i}@example.org" for i in range(30)))
        await world.cap_organisation(20)
        await world.add_campaign()
        await process.work()
        assert len(world.mailer.taken) == 20
        first_of_each_lane = world.account.lanes
        assert len(world.mailer.announced) >= 20 - 2 * first_of_each_lane
        assert set(world.mailer.announced) <= {envelope for envelope, _ in world.mailer.taken}


class TestSeats:
    @pytest.mark.parametrize("lanes", [1, 4, 7])
    @pytest.mark.parametrize("size", [1, 2, 5])
    def test_all_connections_are_used_and_none_twice(self, lanes: int, size: int):
        crew = [f"worker {number}" for number in range(size)]
        seats = [seats_of(member, crew, "1:1", lanes) for member in crew]
        assert sum(seats) == lanes
        assert max(seats) - min(seats) <= 1

    def test_single_connections_of_many_accounts_go_to_all_workers(self):
        crew = ["a", "b"]
        mine = sum(seats_of("a", crew, f"1:{account}", 1) for account in range(40))
        assert 10 <= mine <= 30

    def test_a_session_that_is_not_alive_has_none(self):
        assert seats_of("gone", ["a", "b"], "1:1", 8) == 0
