"""Sending again what nobody knows to have arrived: a person's decision, and noted as one."""

from backend import documents
from backend.db.models.sequence import Sequence
from backend.sequences.publishing import require_admin
from backend.work import Work
from contract.delivery import Resend
from contract.problems import BadTransitionError
from contract.transitions import SequenceStatus


async def resend(work: Work, row_id: str, data: Resend) -> int:
    """How many. Those of a paused sequence wait for it. Raises `ForbiddenError`, `BadTransitionError`."""
    row = await documents.find(work.session, Sequence, row_id)
    require_admin(work)
    if row.status == SequenceStatus.DRAFT:
        raise BadTransitionError("It was never activated, so nobody was mailed.")
    ids = [int(id) for id in data.delivery_ids] if data.delivery_ids is not None else None
    known = ids if ids is None else [id for id in ids if id < 2**63]
    resent = await work.ports.delivery.resend(work.session, row, known, data.q, work.now)
    if resent:
        work.audit(f"sequence sent again to {resent} unknown", f"sequence/{row.id}")
        work.wakes = True
    return resent
