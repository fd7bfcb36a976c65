from collections.abc import AsyncIterator

import pytest

from tests.backend.conftest import Member, Server
from tests.backend.tracking.visiting import Visitor


@pytest.fixture
async def ann(server: Server, owner: Member) -> AsyncIterator[Visitor]:
    found = Visitor(server, owner)
    await found.open()
    async with found.http:
        yield found
