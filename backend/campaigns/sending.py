"""When a campaign goes, and who may say so: one table of transitions, checked in the transaction.

"Send now" is a schedule whose moment is near: the delivery side starts whatever is SCHEDULED and due, so
there is one way into SENDING, and taking it back within the countdown is unscheduling.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from backend import documents
from backend.campaigns import approval
from backend.campaigns.queries import as_json
from backend.campaigns.recipient_zones import move_local_time, set_local_time
from backend.db.models.account import SendingAccount
from backend.db.models.campaign import Campaign
from backend.readiness import content_errors, refuse
from backend.work import Work
from contract.campaigns import CampaignSend
from contract.feed import Kind
from contract.problems import (
    AudienceDriftedError,
    BadTransitionError,
    ForbiddenError,
    InvalidError,
    NotReadyError,
    SegmentMissingError,
)
from contract.transitions import CAMPAIGN_TRANSITIONS, CampaignAction, CampaignStatus

CLOCK_TOLERANCE = timedelta(minutes=1)
"""A client's clock may be this far off before "at nine" counts as past."""

BY_PEOPLE = (
    CampaignAction.SCHEDULE,
    CampaignAction.UNSCHEDULE,
    CampaignAction.PAUSE,
    CampaignAction.RESUME,
    CampaignAction.CANCEL,
)


def require_sender(work: Work) -> None:
    """Raises `ForbiddenError`."""
    if not work.actor.may_send:
        raise ForbiddenError("Your role does not allow you to send campaigns.")


def target_of(row: Campaign, action: CampaignAction) -> CampaignStatus:
    """What becomes of it. Raises `BadTransitionError`."""
    current = CampaignStatus(row.status)
    target = CAMPAIGN_TRANSITIONS.get((current, action))
    if target is None:
        raise BadTransitionError(f"A campaign in {current} cannot do this: {action}.")
    return target


def _transition(row: Campaign, action: CampaignAction) -> None:
    row.status = target_of(row, action).value


async def _check_audience(work: Work, row: Campaign, expected: str | None) -> None:
    if row.segment_id is None:
        raise SegmentMissingError
    await work.ports.audience.members(work.session, row.segment_id, work.now)
    if expected is None:
        return
    funnel = await work.ports.delivery.audience(work.session, row, work.now)
    if funnel.audience_hash != expected:
        raise AudienceDriftedError


async def check_account(work: Work, row: Campaign) -> None:
    """One that was chosen must be there: raises `NotReadyError`. Where none was, the default sends."""
    if row.account_id is None:
        return
    found = select(SendingAccount.id).where(SendingAccount.id == row.account_id)
    if await work.session.scalar(found) is None:
        raise NotReadyError("The sending account chosen for it is gone. Choose another one.")


def _moment(work: Work, send_at: datetime | None, undo_seconds: int) -> datetime:
    if send_at is None:
        return work.now + timedelta(seconds=undo_seconds)
    if send_at < work.now - CLOCK_TOLERANCE:
        raise InvalidError.at("sendAt", "this moment has passed")
    return send_at


async def _schedule(work: Work, row: Campaign, data: CampaignSend) -> None:
    require_sender(work)
    _transition(row, CampaignAction.SCHEDULE)
    row.send_at = _moment(work, data.send_at, data.undo_seconds)
    if data.local_time is not None and data.send_at is None:
        raise InvalidError.at("localTime", "it needs sendAt, for those whose time zone is not known")
    await check_account(work, row)
    await _check_audience(work, row, data.audience_hash)
    await set_local_time(work, row, data.local_time, row.send_at, row.segment_id or "")
    refuse(await content_errors(work, row.content_json, "contentJson"))
    await approval.check_approved(work, row)
    row.audience_hash = data.audience_hash
    work.wakes = True


async def _act(work: Work, row: Campaign, action: CampaignAction) -> None:
    """Anyone may stop a campaign; going on or giving up takes the right to send."""
    if action is not CampaignAction.PAUSE:
        require_sender(work)
    was_frozen = row.started_at is not None
    _transition(row, action)
    if action is CampaignAction.UNSCHEDULE:
        row.send_at = row.local_time = row.starts_at = row.otherwise_at = None
        row.audience_hash = None
    row.paused_reason = "by hand" if action is CampaignAction.PAUSE else None
    if action is CampaignAction.RESUME:
        refuse(await content_errors(work, row.content_json, "contentJson"))
        await approval.check_approved(work, row)
        await check_account(work, row)
        if not was_frozen:
            await _check_audience(work, row, None)
    await work.session.flush()
    await work.ports.delivery.status_changed(work.session, row, work.now)
    work.wakes = True


async def check_reschedule(work: Work, row: Campaign, values: dict[str, Any]) -> None:
    """Another time or segment for a SCHEDULED campaign passes the checks of sending."""
    if row.status != CampaignStatus.SCHEDULED:
        return
    changed = {
        name
        for name in ("send_at", "segment_id", "account_id")
        if values.get(name, getattr(row, name)) != getattr(row, name)
    }
    if not changed:
        return
    require_sender(work)
    send_at, segment_id = values.get("send_at", row.send_at), values.get("segment_id", row.segment_id)
    if send_at is None:
        raise InvalidError.at("sendAt", "a scheduled campaign has a time; set its status to DRAFT instead")
    if segment_id is None:
        raise SegmentMissingError
    if "send_at" in changed:
        _moment(work, send_at, 0)
    await work.ports.audience.members(work.session, segment_id, work.now)
    await move_local_time(work, row, send_at, segment_id)
    if changed & {"segment_id", "account_id"}:
        await approval.refuse_if_required(work)
    work.wakes = True


async def move(work: Work, row: Campaign, target: CampaignStatus, values: dict[str, Any]) -> None:
    """A PATCH that moves the status; other fields it carries are written where they may be."""
    current = CampaignStatus(row.status)
    action = next((a for a in BY_PEOPLE if CAMPAIGN_TRANSITIONS.get((current, a)) is target), None)
    if action is None:
        raise BadTransitionError(f"A campaign in {current} cannot become {target}.")
    if action is CampaignAction.SCHEDULE:
        documents.assign(row, values)
        await _schedule(work, row, CampaignSend(send_at=row.send_at))
        return
    await _act(work, row, action)
    if action is CampaignAction.UNSCHEDULE:
        documents.assign(row, values)
    elif values:
        raise InvalidError.at("status", "change the status in a request of its own")


async def send(work: Work, row_id: str, data: CampaignSend) -> Campaign:
    """Schedule it, for now or later. Raises what the checks above raise, and `StaleWriteError`."""
    row = await documents.find(work.session, Campaign, row_id)
    before = as_json(row)
    documents.check_version(row, data.updated_at, lambda: before)
    await _schedule(work, row, data)
    await finish(work, row, "scheduled", before)
    return row


async def act(work: Work, row_id: str, action: CampaignAction) -> Campaign:
    """Pause, resume or cancel it."""
    row = await documents.find(work.session, Campaign, row_id)
    before = as_json(row)
    await _act(work, row, action)
    await finish(work, row, action.value, before)
    return row


async def finish(work: Work, row: Campaign, action: str, before: dict[str, Any]) -> None:
    """Stamp, write, and tell the others."""
    documents.stamp(work, row)
    await work.session.flush()
    documents.note_change(work, Kind.CAMPAIGN, row, action=action, before=before, after=as_json(row))
