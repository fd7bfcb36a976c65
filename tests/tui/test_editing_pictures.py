"""Pictures of columns, folds and merge tags being finished, in the smallest and in a large terminal."""

import pytest

from tests.tui.composer_driver import writing
from tests.tui.conftest import Shot
from tests.tui.test_folding import goes_to, put
from tui.memory import World


@pytest.mark.parametrize("size", [(80, 24), (160, 45)], ids=["80x24", "160x45"])
async def test_columns_folded_and_a_tag_begun(world: World, shot: Shot, size: tuple[int, int]) -> None:
    put(world)
    async with writing(world, size=size) as (person, writer):
        await goes_to(writer, "cols/1")
        await writer.checks()
        same = [await shot(person, "columns")]
        await goes_to(writer, "one")
        await person.press("z")
        same.append(await shot(person, "folded"))
        await goes_to(writer, "c")
        await person.press("enter", *"{{c")
        same.append(await shot(person, "offered"))
        await person.press("enter")
        same.append(await shot(person, "otherwise"))
        assert all(same)
