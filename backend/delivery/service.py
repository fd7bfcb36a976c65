"""Sending, as campaigns see it: the `Delivery` port."""

import asyncio
from collections.abc import Callable
from collections.abc import Sequence as Many
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.db.models.contact import Contact, ContactAttrs
from backend.db.models.sequence import Sequence
from backend.delivery import agenda
from backend.delivery.accounts import Account
from backend.delivery.audience import audience_condition, count_audience
from backend.delivery.campaign_life import cancel_waiting, refreeze_corrected
from backend.delivery.content import ContentError, compile_content
from backend.delivery.counts import to_progress
from backend.delivery.dkim import SealedKeyError
from backend.delivery.fencing import crew
from backend.delivery.letter import Letter
from backend.delivery.mail_list import count_mails, list_mails, states_of
from backend.delivery.mailer import AccountTroubleError, ServerLogin
from backend.delivery.preflight import preflight_page, preflight_request
from backend.delivery.reports import Reports
from backend.delivery.resending import make_due
from backend.delivery.signing import sending_secret
from backend.delivery.sources import Source, SourceKind
from backend.delivery.tally import begin_anew
from backend.delivery.test_mail import SAMPLE_VALUES, TEST_MARK, send_tests
from backend.delivery.tools import Tools
from backend.delivery.waiting import NO_WORKER, PREPARING, why_account_waits
from backend.ports import Audience, DeliveryFilter, DeliveryPage
from backend.suppressing import mail_address
from contract.contact_values import contact_values
from contract.delivery import Delivery, DeliveryState, Funnel, Progress
from contract.preflight import PreflightPage
from contract.problems import MissingError, NotReadyError
from contract.reports import CampaignReport, SequenceReport
from contract.transitions import CampaignStatus

TRY_SECONDS = 15
"""A person waits for the answer."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""This process may go by another clock than the workers do."""


class DeliveryService:
    """Reads and marks rows in the caller's session; the worker does the sending."""

    def __init__(self, tools: Tools, audience: Audience, wake: Callable[[], None]) -> None:
        self._tools = tools
        self._audience = audience
        self._wake = wake
        self._reports = Reports(tools)

    async def audience(self, session: AsyncSession, campaign: Campaign, now: datetime) -> Funnel:
        condition = await audience_condition(self._audience, session, campaign.segment_id, now)
        return await count_audience(session, condition, now)

    async def progress(self, session: AsyncSession, source_ids: Many[str]) -> dict[str, Progress]:
        counted = await self._tools.counts.of(session, source_ids)
        return {key: self._progress_of(key, counted.get(key, {})) for key in source_ids}

    def _progress_of(self, source_id: str, counts: dict[str, int]) -> Progress:
        accepted = counts.get(DeliveryState.ACCEPTED, 0)
        return to_progress(counts, self._tools.monitor.per_second(source_id, accepted))

    async def test(
        self, session: AsyncSession, campaign: Campaign, to: Many[str], contact_id: int | None
    ) -> list[str]:
        letter = await self._letter(campaign, TEST_MARK)
        values = await self._values(session, contact_id)
        addresses = list(dict.fromkeys(mail_address(address) for address in to))
        return await send_tests(self._tools.mailer, letter, values, addresses, self._tools.clock.now())

    async def preflight(
        self, session: AsyncSession, campaign: Campaign, limit: int, cursor: str | None, now: datetime
    ) -> PreflightPage:
        condition = await audience_condition(self._audience, session, campaign.segment_id, now)
        letter, page = await self._letter(campaign), preflight_request(campaign, limit, cursor)
        return await preflight_page(session, condition, letter, page, now)

    async def _letter(self, campaign: Campaign, subject_mark: str = "") -> Letter:
        source = Source(campaign.org_id, SourceKind.CAMPAIGN, campaign.id)
        account = await self._account(campaign)
        secret = await sending_secret(self._tools.database, campaign.org_id)
        if account is None and campaign.account_id is not None:
            raise NotReadyError("The sending account chosen for it is gone. Choose another one.")
        if account is None:
            raise NotReadyError("There is no sending account yet.")
        public_url = self._tools.letters.public_url
        try:
            template = compile_content(
                campaign.content_json, source, account, public=bool(public_url), subject_mark=subject_mark
            )
        except ContentError as error:
            raise NotReadyError(f"This cannot be sent yet: {error}") from error
        try:
            return Letter(template, account, secret, public_url)
        except SealedKeyError as error:
            raise NotReadyError(f"This cannot be sent: {error}.") from error

    async def _account(self, campaign: Campaign) -> Account | None:
        async with self._tools.database.system_reader() as system:
            connection = await system.connection()
            return await self._tools.accounts.find(connection, campaign.org_id, campaign.account_id)

    async def _values(self, session: AsyncSession, contact_id: int | None) -> dict[str, str]:
        if contact_id is None:
            return SAMPLE_VALUES
        contact = await session.scalar(select(Contact).where(Contact.id == contact_id))
        if contact is None:
            raise MissingError("There is no such contact.")
        attrs = await session.scalar(select(ContactAttrs.attrs).where(ContactAttrs.contact_id == contact_id))
        return contact_values(contact.email, contact.name, contact.status, contact.created_at, attrs or {})

    async def try_server(self, account: SendingAccount, password: str) -> str | None:
        login = ServerLogin(account.host, account.port, account.tls, account.username, password)
        try:
            async with asyncio.timeout(TRY_SECONDS):
                connection = await self._tools.mailer.connect(login)
        except AccountTroubleError as error:
            return error.reason
        except TimeoutError:
            return f"{login.host}:{login.port} does not answer"
        await connection.close()
        return None

    @property
    def public_url(self) -> str | None:
        return self._tools.letters.public_url

    @property
    def installation(self) -> str | None:
        return self._tools.accounts.installation

    async def report(self, session: AsyncSession, campaign: Campaign) -> CampaignReport:
        progress = (await self.progress(session, [campaign.id]))[campaign.id]
        waits = (await self.waits(session, [campaign])).get(campaign.id, [])
        return await self._reports.campaign(session, campaign, progress, waits)

    async def sequence_report(
        self, session: AsyncSession, sequence: Sequence, now: datetime
    ) -> SequenceReport:
        progress = (await self.progress(session, [sequence.id]))[sequence.id]
        return await self._reports.sequence(session, sequence, progress, now)

    async def waits(self, session: AsyncSession, campaigns: Many[Campaign]) -> dict[str, list[str]]:
        now = self._tools.clock.now()
        due = [campaign for campaign in campaigns if _is_due(campaign, now)]
        if not due:
            return {}
        async with self._tools.database.system_reader() as system:
            workers = await crew(await system.connection(), now - CLOCKS_DIFFER)
        if not workers:
            return {campaign.id: [NO_WORKER] for campaign in due}
        return {
            campaign.id: [PREPARING]
            if _is_freezing(campaign)
            else await why_account_waits(session, await self._account(campaign), now)
            for campaign in due
        }

    async def deliveries(
        self,
        session: AsyncSession,
        source_id: str,
        wanted: DeliveryFilter,
        page: DeliveryPage,
    ) -> list[Delivery]:
        return await list_mails(session, source_id, wanted, page)

    async def count_deliveries(self, session: AsyncSession, source_id: str, wanted: DeliveryFilter) -> int:
        if wanted.reason or wanted.words:
            return await count_mails(session, source_id, wanted)
        counted = (await self._tools.counts.of(session, [source_id])).get(source_id, {})
        states = states_of(wanted)
        return sum(count for state, count in counted.items() if state in states)

    async def resend(
        self,
        session: AsyncSession,
        source: Campaign | Sequence,
        ids: Many[int] | None,
        words: str | None,
        now: datetime,
    ) -> int:
        resent = await make_due(session, source.id, ids, words, now)
        self._tools.counts.forget(source.org_id, source.id)
        return resent

    async def status_changed(self, session: AsyncSession, campaign: Campaign, now: datetime) -> None:
        if campaign.status == CampaignStatus.CANCELLED:
            await cancel_waiting(session, campaign, now)
        elif campaign.status == CampaignStatus.SENDING:
            await begin_anew(session, campaign.id)
            if campaign.started_at is not None:
                await refreeze_corrected(session, campaign, now)

    def wake(self) -> None:
        self._wake()

    async def busy(self, until: datetime | None = None) -> bool:
        async with self._tools.database.system_reader() as session:
            return await agenda.anything_waits(await session.connection(), until)


def _is_freezing(campaign: Campaign) -> bool:
    """Whether its rows are being made; their number so far is the progress."""
    return campaign.status == CampaignStatus.SENDING and campaign.started_at is None


def _is_due(campaign: Campaign, now: datetime) -> bool:
    """Whether its mails would leave if nothing stood against it."""
    if campaign.status == CampaignStatus.SCHEDULED:
        return campaign.send_at is not None and campaign.send_at <= now
    return campaign.status == CampaignStatus.SENDING
