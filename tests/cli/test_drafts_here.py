"""A script mails what the server has; what this computer has beyond that stands in its way."""

import argparse
import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.campaigns import campaigns
from cli.drafts_here import refuse_unsynced
from cli.failures import CONFLICT, FAILED, CommandError
from cli.sync_commands import sync
from contract.clock import SystemClock
from localstore.member_ops import EXCLUDE, MemberOps
from localstore.outbox import Outbox
from localstore.records import DocKind, Hold
from localstore.schema import prepare
from localstore.store import Store
from sync.accounts import KnownAccount, last_account, remember_account
from sync.embedded import Embedded
from tests.cli.test_sync import options

CAMPAIGN, SEGMENT = DocKind.CAMPAIGN, DocKind.SEGMENT
KNOWN = KnownAccount("embedded", "1", "1", "ana")
Refused = Callable[..., tuple[str, int] | None]


async def _fill(folder: Path) -> None:
    path = KNOWN.account.file_in(folder)
    prepare(path)
    store = Store(path, SystemClock())
    await store.create(CAMPAIGN, "typed", {"name": "Typed offline"})
    await store.create(CAMPAIGN, "asks", {"name": "Refused"})
    await Outbox(store).hold(await store.row(CAMPAIGN, "asks"), Hold.REJECTED, "name: too long")
    await store.create(SEGMENT, "narrowed", {"name": "Pro", "dslJson": {"all": []}})
    await MemberOps(store).put("by hand", ["7"], EXCLUDE)
    await store.close()


@pytest.fixture
def refused(tmp_path: Path) -> Refused:
    """Why a row may not be mailed, and the exit code; None if it may."""

    def ask(**row: Any) -> tuple[str, int] | None:
        try:
            refuse_unsynced(options(tmp_path), CAMPAIGN, row)
        except CommandError as error:
            return str(error), error.code
        return None

    return ask


class TestRefusing:
    @pytest.fixture(autouse=True)
    def drafts(self, tmp_path: Path) -> None:
        remember_account(tmp_path, KNOWN)
        asyncio.run(_fill(tmp_path))

    def test_a_mail_that_was_changed_here(self, refused: Refused) -> None:
        words, code = refused(id="typed") or ("", 0)
        assert words.startswith("“Typed offline” was changed on this computer")
        assert code == FAILED

    def test_one_that_waits_for_a_decision(self, refused: Refused) -> None:
        words, code = refused(id="asks") or ("", 0)
        assert words.startswith("“Refused” waits for a decision")
        assert code == CONFLICT

    @pytest.mark.parametrize(
        "where", [{"segmentId": "narrowed"}, {"settings": {"goalSegmentId": "narrowed"}}]
    )
    def test_one_whose_segment_was_changed_here(self, refused: Refused, where: dict[str, Any]) -> None:
        words, code = refused(id="elsewhere", **where) or ("", 0)
        assert words.startswith("“Pro” was changed on this computer")
        assert code == FAILED

    def test_one_out_of_whose_segment_somebody_was_taken_by_hand(self, refused: Refused) -> None:
        assert refused(id="elsewhere", segmentId="by hand") is not None

    def test_what_was_not_touched_here_may_go(self, refused: Refused) -> None:
        assert refused(id="elsewhere", segmentId=None) is None


def test_where_there_are_no_drafts_everything_may_go(refused: Refused) -> None:
    assert refused(id="typed") is None


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    embedded = Embedded(tmp_path / "data")
    yield embedded.data
    embedded.stop()


async def _write(data: Path, content: dict[str, Any]) -> None:
    """Somebody types, and this computer is offline."""
    known = last_account(data, "embedded")
    assert known is not None
    store = Store(known.account.file_in(data), SystemClock())
    row = await store.row(CAMPAIGN, CAMPAIGN_ID)
    if row is None:
        await store.create(CAMPAIGN, CAMPAIGN_ID, content)
    else:
        await store.save(CAMPAIGN, CAMPAIGN_ID, content, row.mine_seq)
    await store.close()


CAMPAIGN_ID = "018f0000-0000-7000-8000-0000000000aa"
MAIL = {"contentJson": {"version": 1, "blocks": []}, "segmentId": None, "sendAt": None}


def test_no_command_mails_what_was_typed_over_here(data: Path) -> None:
    assert sync(options(data, "now")) == 0
    asyncio.run(_write(data, MAIL | {"name": "Autumn"}))
    assert sync(options(data, "now")) == 0
    asyncio.run(_write(data, MAIL | {"name": "Autumn, corrected"}))
    given: dict[str, Any] = {"words": [CAMPAIGN_ID], "to": ["a@b.example"], "contact": None}
    for what in ("send", "test", "approve", "resume"):
        with pytest.raises(CommandError, match="“Autumn, corrected” was changed on this computer"):
            campaigns(argparse.Namespace(**vars(options(data, what, **given))))
