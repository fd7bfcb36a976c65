"""Sending again what nobody knows to have arrived: a person's decision, and noted as one."""

from backend import documents
from backend.campaigns import sending
from backend.campaigns.queries import as_json
from backend.db.models.campaign import Campaign
from backend.work import Work
from contract.delivery import Resend
from contract.transitions import CampaignAction


async def resend(work: Work, row_id: str, data: Resend) -> int:
    """How many. Raises `ForbiddenError`, `BadTransitionError`, `NotReadyError`.

    A campaign that was sent is being sent again until these have ended; a paused one stays paused.
    """
    row = await documents.find(work.session, Campaign, row_id)
    await work.session.refresh(row, with_for_update=True)
    before = as_json(row)
    sending.require_sender(work)
    status = sending.target_of(row, CampaignAction.RESEND)
    await sending.check_account(work, row)
    ids = [int(id) for id in data.delivery_ids] if data.delivery_ids is not None else None
    known = ids if ids is None else [id for id in ids if id < 2**63]
    resent = await work.ports.delivery.resend(work.session, row, known, data.q, work.now)
    if resent:
        row.status, row.finished_at = status.value, None
        await sending.finish(work, row, f"sent again to {resent} unknown", before)
        work.wakes = True
    return resent
