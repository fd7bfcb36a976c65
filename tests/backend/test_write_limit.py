"""One organisation's flood is slowed down, another's work goes on."""

import pytest

from backend.write_limit import WriteLimit
from contract.clock import ManualClock
from contract.problems import ThrottledError


async def test_a_burst_then_a_steady_rate() -> None:
    clock = ManualClock()
    limit = WriteLimit(clock, per_second=2, burst=3)
    for _ in range(3):
        limit.take(1)
    with pytest.raises(ThrottledError) as caught:
        limit.take(1)
    assert caught.value.retry_after == 0.5
    limit.take(2)
    await clock.advance(0.5)
    limit.take(1)
    with pytest.raises(ThrottledError):
        limit.take(1)
    await clock.advance(3600)
    for _ in range(3):
        limit.take(1)
    with pytest.raises(ThrottledError):
        limit.take(1)
