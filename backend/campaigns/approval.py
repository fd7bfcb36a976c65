"""A second person's word before a campaign is sent, bound to its content and its audience."""

from typing import Any

from sqlalchemy import select

from backend import documents
from backend.campaigns.queries import as_json
from backend.db.models.campaign import Campaign, CampaignApproval
from backend.db.models.org import Org
from backend.people import people
from backend.work import Work, content_hash
from contract.campaigns import Approval, CampaignApprove
from contract.problems import ApprovalRequiredError, AudienceDriftedError, ForbiddenError, LockedError
from contract.transitions import CampaignStatus

_OPEN = (CampaignStatus.DRAFT, CampaignStatus.PAUSED)
"""Where content may still change, and so needs a word before it goes."""


def _bound_to(row: Campaign) -> str:
    """What is approved: content, segment and sender; nothing that does not change who gets what from whom."""
    bound: dict[str, Any] = {"content": row.content_json, "segmentId": row.segment_id}
    if row.account_id is not None:
        bound["accountId"] = row.account_id
    hashed = content_hash(bound)
    assert hashed is not None
    return hashed


async def is_required(work: Work) -> bool:
    """Whether the organisation asks for one."""
    query = select(Org.needs_approval).where(Org.id == work.actor.org_id)
    return bool(await work.session.scalar(query, execution_options={"unscoped": True}))


async def _find(work: Work, campaign_id: str) -> CampaignApproval | None:
    return await work.session.scalar(
        select(CampaignApproval).where(CampaignApproval.campaign_id == campaign_id)
    )


async def show(work: Work, row: Campaign) -> Approval:
    """Whether one is asked for, and the one there is."""
    required, given = await is_required(work), await _find(work, row.id)
    if given is None:
        return Approval(required=required, stands=False)
    approvers = await people(work, [given.user_id])
    return Approval(
        required=required,
        stands=given.content_hash == _bound_to(row),
        approved_by=approvers.get(given.user_id),
        approved_at=given.at,
    )


async def approve(work: Work, row_id: str, data: CampaignApprove) -> Approval:
    """Give one's word. Raises `StaleWriteError`, `AudienceDriftedError`, `LockedError`."""
    row = await documents.find(work.session, Campaign, row_id)
    documents.check_version(row, data.updated_at, lambda: as_json(row))
    if not work.actor.may_send:
        raise ForbiddenError("Your role does not allow you to approve campaigns.")
    if row.status not in _OPEN:
        raise LockedError(f"A campaign in {row.status} needs no approval.")
    funnel = await work.ports.delivery.audience(work.session, row, work.now)
    if funnel.audience_hash != data.audience_hash:
        raise AudienceDriftedError
    given = await _find(work, row.id)
    if given is None:
        given = CampaignApproval(campaign_id=row.id)
        work.session.add(given)
    given.user_id, given.at = work.actor.user_id, work.now
    given.content_hash, given.audience_hash = _bound_to(row), funnel.audience_hash
    work.audit("campaign approved", f"campaign/{row.id}", after={"content": given.content_hash})
    await work.session.flush()
    return await show(work, row)


async def check_approved(work: Work, row: Campaign) -> None:
    """Before it is sent. Raises `ApprovalRequiredError` unless somebody else approved just this."""
    if not await is_required(work):
        return
    given = await _find(work, row.id)
    if given is None or given.user_id == work.actor.user_id:
        raise ApprovalRequiredError
    if given.content_hash != _bound_to(row):
        raise ApprovalRequiredError("It was changed after it was approved; it needs another approval.")
    if row.started_at is not None:
        return  # the audience was frozen, and approved then
    funnel = await work.ports.delivery.audience(work.session, row, work.now)
    if funnel.audience_hash != given.audience_hash:
        raise ApprovalRequiredError("Its audience changed after it was approved; it needs another approval.")


async def refuse_if_required(work: Work) -> None:
    """For a change of audience that no approval can have seen. Raises `ApprovalRequiredError`."""
    if await is_required(work):
        raise ApprovalRequiredError("Set it back to draft, and let somebody approve it as it is then.")
