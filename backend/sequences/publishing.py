"""Publishing a sequence's draft, pausing it, and letting it go on: who may, and when it is ready."""

from sqlalchemy import select

from backend.db.models.account import SendingAccount
from backend.db.models.sequence import Sequence
from backend.readiness import content_errors, refuse
from backend.sequence_rules import draft_rules
from backend.sequences.queries import draft_hash
from backend.work import Work
from contract.problems import BadTransitionError, FieldError, ForbiddenError, SegmentMissingError
from contract.sequences import SequenceResume
from contract.transitions import SEQUENCE_TRANSITIONS, SequenceStatus


def require_admin(work: Work) -> None:
    """Raises `ForbiddenError`."""
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may let a sequence run.")


async def _check_ready(work: Work, row: Sequence) -> None:
    """Raises `SegmentMissingError` or `NotReadyError` with every fault of every step."""
    if row.segment_id is None:
        raise SegmentMissingError
    await work.ports.audience.members(work.session, row.segment_id, work.now)
    await _check_settings(work, row)
    steps = row.steps_json["steps"]
    if not steps:
        refuse([FieldError(path="steps", message="A sequence needs at least one step.")])
    errors: list[FieldError] = []
    for index, step in enumerate(steps):
        errors += await content_errors(work, step["contentJson"], f"steps.{index}.contentJson")
    refuse(errors)


async def _check_settings(work: Work, row: Sequence) -> None:
    """What the settings name must be there. Raises `SegmentMissingError`, `NotReadyError`."""
    rules = draft_rules(row)
    if rules.goal_segment_id is not None:
        try:
            await work.ports.audience.members(work.session, rules.goal_segment_id, work.now)
        except SegmentMissingError:
            words = "The segment that is its goal was deleted; choose another goal, or none."
            raise SegmentMissingError(words) from None
    if rules.account_id is not None:
        found = select(SendingAccount.id).where(SendingAccount.id == rules.account_id)
        if await work.session.scalar(found) is None:
            refuse(
                [
                    FieldError(
                        path="settings.accountId", message="The sending account is gone; choose another."
                    )
                ]
            )


async def publish(work: Work, row: Sequence, plan_hash: str | None) -> None:
    """People who enter from now on run what the draft says. Raises `PlanDriftedError`."""
    require_admin(work)
    if row.status == SequenceStatus.PAUSED:
        raise BadTransitionError("A paused sequence is resumed first.")
    await _check_ready(work, row)
    await work.ports.sequencing.activate(work.session, row, plan_hash, work.now)
    row.status = SequenceStatus.ACTIVE.value
    row.published_hash = draft_hash(row)
    work.wakes = True


async def move(work: Work, row: Sequence, target: SequenceStatus) -> None:
    """Raises `BadTransitionError`. Anyone may pause."""
    verb = SEQUENCE_TRANSITIONS.get((SequenceStatus(row.status), target))
    if verb is None:
        raise BadTransitionError(f"A sequence in {row.status} cannot become {target}.")
    if verb in ("activate", "publish"):
        await publish(work, row, None)
        return
    if verb == "resume":
        await resume(work, row, SequenceResume())
        return
    row.paused_at = work.now
    await _set_status(work, row, target)


async def resume(work: Work, row: Sequence, wanted: SequenceResume) -> None:
    """Let a paused sequence go on. Raises `BadTransitionError`."""
    if row.status != SequenceStatus.PAUSED:
        raise BadTransitionError(f"A sequence in {row.status} is not paused.")
    require_admin(work)
    await work.ports.sequencing.resume(work.session, row, wanted, work.now)
    row.paused_at = None
    await _set_status(work, row, SequenceStatus.ACTIVE)


async def _set_status(work: Work, row: Sequence, target: SequenceStatus) -> None:
    row.status = target.value
    await work.session.flush()
    await work.ports.sequencing.status_changed(work.session, row, work.now)
    work.wakes = True
