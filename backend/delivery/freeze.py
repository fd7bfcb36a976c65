"""Freezing a campaign: its content becomes a revision, its audience becomes delivery rows.

Three kinds of transactions, so that a large audience never holds the writer for long: open, many batches,
close. Until it is closed (`started_at`) no row can be claimed, so a crash in between starts over without
anyone having got a mail.

Every mail is rendered once before the first one is sent: whoever's copy would break is left out by name,
and content that nobody could get stops the campaign.
"""

from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.engine import Database
from backend.db.feed import take_row_ids
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact, ContactAttrs
from backend.db.models.delivery import DeliveryRecord
from backend.delivery.accounts import Accounts
from backend.delivery.audience import BATCH, Member, audience_condition, judge_recipients
from backend.delivery.campaign_life import cancel_waiting, find_campaign, freeze_content, move
from backend.delivery.content import ContentError, Letters
from backend.delivery.dkim import SealedKeyError
from backend.delivery.letter import Letter
from backend.delivery.sources import Claimed, Source, SourceKind
from backend.local_times import moment_at
from backend.ports import Audience
from contract.clock import Clock
from contract.contact_values import contact_values
from contract.delivery import DeliveryState
from contract.problems import SegmentMissingError
from contract.transitions import CampaignAction, CampaignStatus
from render_preview.headers import HeaderError

SEGMENT_MISSING = "segment_missing"
NO_ACCOUNT = "no_sending_account"
CONTENT_BROKEN = "content_broken"


class _StoppedError(Exception):
    """Freezing cannot go on; the reason is for the campaign."""


class _OvertakenError(Exception):
    """Another worker began anew, because it could not know that we are alive; ours is void."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a freeze works with, after its first transaction."""

    source: Source
    revision: int
    segment_id: str | None
    letter: Letter
    local_time: datetime | None
    otherwise_at: datetime

    def due(self, member: Member, now: datetime) -> datetime:
        """When a member gets its mail: at once, or when clocks where it is show the time."""
        if self.local_time is None:
            return now
        return max(now, moment_at(self.local_time, member.time_zone, self.otherwise_at))


class Freezer:
    """Brings a due campaign to the point where its mails can be claimed."""

    def __init__(
        self, database: Database, clock: Clock, audience: Audience, accounts: Accounts, letters: Letters
    ) -> None:
        self._database = database
        self._clock = clock
        self._audience = audience
        self._accounts = accounts
        self._letters = letters

    async def freeze(self, org_id: int, campaign_id: str) -> bool:
        """Whether it is now being sent. If it cannot be, it is paused with the reason."""
        source = Source(org_id, SourceKind.CAMPAIGN, campaign_id)
        try:
            opened = await self._open(source)
            if opened is None:
                return False
            if not await self._fill(opened):
                await self._clear(source, before=opened.revision + 1)
                return False
            return await self._close(opened)
        except _OvertakenError:
            return False
        except SegmentMissingError:
            await self._pause(source, SEGMENT_MISSING)
            return False
        except SealedKeyError as error:
            await self._pause(source, str(error))
            return False
        except ContentError as error:
            await self._pause(source, f"{CONTENT_BROKEN}: {error}")
            return False
        except _StoppedError as error:
            await self._pause(source, str(error))
            return False

    async def _open(self, source: Source) -> _Opened | None:
        now = self._clock.now()
        async with self._database.writer(source.org_id) as session:
            campaign = await find_campaign(session, source.id)
            if campaign is None or campaign.started_at is not None:
                return None
            if campaign.status == CampaignStatus.SCHEDULED:
                await move(session, campaign, CampaignAction.START, now)
            if campaign.status != CampaignStatus.SENDING:
                return None
            await audience_condition(self._audience, session, campaign.segment_id, now)
            await freeze_content(session, campaign, now)
        await self._clear(source, before=campaign.revision)
        letter = await self._letter(source, campaign.revision, campaign.account_id)
        wall = datetime.fromisoformat(campaign.local_time) if campaign.local_time else None
        otherwise = campaign.otherwise_at or campaign.send_at or now
        return _Opened(source, campaign.revision, campaign.segment_id, letter, wall, otherwise)

    async def _clear(self, source: Source, *, before: int) -> None:
        """Forget what was made for earlier revisions: nobody got any of it."""
        some = (
            select(DeliveryRecord.id)
            .where(
                DeliveryRecord.source_id == source.id,
                DeliveryRecord.step_id == "",
                DeliveryRecord.run_no == 0,
                DeliveryRecord.revision < before,
            )
            .order_by(DeliveryRecord.state, DeliveryRecord.id)  # as an index of the source has it
            .limit(BATCH)
        )
        left = True
        while left:
            async with self._database.writer(source.org_id) as session:
                ids = list(await session.scalars(some))
                await session.execute(delete(DeliveryRecord).where(DeliveryRecord.id.in_(ids)))
            left = len(ids) == BATCH

    async def _letter(self, source: Source, revision: int, account_id: int | None) -> Letter:
        async with self._database.system_reader() as session:
            account = await self._accounts.find(await session.connection(), source.org_id, account_id)
        if account is None:
            raise _StoppedError(NO_ACCOUNT)
        return await self._letters.find(source, revision, "", account)

    async def _fill(self, opened: _Opened) -> bool:
        """Whether everyone has a row: not if it was cancelled meanwhile, for then no list of some is kept."""
        now = self._clock.now()
        org_id = opened.source.org_id
        async with self._database.reader(org_id) as session:
            condition = await audience_condition(self._audience, session, opened.segment_id, now)
            async with aclosing(judge_recipients(session, condition, now)) as batches:
                whole, why = 0, ""
                async for members in batches:
                    broken = await self._preflight(session, opened, members, now)
                    why = next(iter(broken.values()), why)
                    whole += sum(not member.reason for member in members) - len(broken)
                    if not await self._add(opened, members, broken, now):
                        return False
        if why and not whole:
            raise ContentError(f"nobody's copy can be sent: {why}")
        return True

    async def _add(
        self, opened: _Opened, members: list[Member], broken: dict[int, str], now: datetime
    ) -> bool:
        """Whether it goes on."""
        async with self._database.writer(opened.source.org_id) as session:
            campaign = await _ours(session, opened)
            if campaign.status != CampaignStatus.CANCELLED:
                await _insert(session, opened, members, broken, now)
        return campaign.status != CampaignStatus.CANCELLED

    async def _preflight(
        self, session: AsyncSession, opened: _Opened, members: list[Member], now: datetime
    ) -> dict[int, str]:
        """Render each copy once; why those that break do."""
        ids = [member.id for member in members if not member.reason]
        query = (
            select(
                Contact.id,
                Contact.email,
                Contact.name,
                Contact.status,
                Contact.created_at,
                ContactAttrs.attrs,
            )
            .outerjoin(ContactAttrs, ContactAttrs.contact_id == Contact.id)
            .where(Contact.id.in_(ids))
        )
        people = {row.id: row for row in await session.execute(query)}
        broken: dict[int, str] = {}
        for member in members:
            if (person := people.get(member.id)) is None:
                continue
            values = contact_values(
                person.email, person.name, person.status, person.created_at, person.attrs or {}
            )
            trial = Claimed(opened.source, 0, member.id, member.address, 1, opened.revision, "", 0, values)
            try:
                opened.letter.copy(trial, now)
            except HeaderError as error:
                broken[member.id] = f"cannot be mailed: {error}"
        return broken

    async def _close(self, opened: _Opened) -> bool:
        now = self._clock.now()
        async with self._database.writer(opened.source.org_id) as session:
            campaign = await _ours(session, opened)
            campaign.started_at = now
            if campaign.status == CampaignStatus.CANCELLED:
                await cancel_waiting(session, campaign, now)
            return campaign.status == CampaignStatus.SENDING

    async def _pause(self, source: Source, reason: str) -> None:
        async with self._database.writer(source.org_id) as session:
            campaign = await find_campaign(session, source.id)
            if campaign is not None:
                await move(session, campaign, CampaignAction.PAUSE, self._clock.now(), reason)


async def _ours(session: AsyncSession, opened: _Opened) -> Campaign:
    """The campaign, if nobody else froze it since; asked in each transaction. Raises `_OvertakenError`."""
    campaign = await find_campaign(session, opened.source.id)
    if campaign is None or campaign.revision != opened.revision or campaign.started_at is not None:
        raise _OvertakenError
    return campaign


async def _insert(
    session: AsyncSession, opened: _Opened, members: list[Member], broken: dict[int, str], now: datetime
) -> None:
    ids = await take_row_ids(session, len(members))
    rows: list[dict[str, Any]] = []
    for row_id, member in zip(ids, members, strict=True):
        reason = member.reason or broken.get(member.id, "")
        rows.append(
            {
                "id": row_id,
                "source_id": opened.source.id,
                "revision": opened.revision,
                "contact_id": member.id,
                "address": member.address,
                "state": DeliveryState.SKIPPED.value if reason else DeliveryState.PENDING.value,
                "reason": reason,
                "due_at": None if reason else opened.due(member, now),
                "updated_at": now,
            }
        )
    await session.execute(insert(DeliveryRecord), rows)
