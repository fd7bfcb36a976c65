"""Writing the draft of a sequence. Publishing it is in publishing.py."""

from collections.abc import Sequence as Many
from typing import Any

from backend import documents, version_keeping
from backend.db.models.sequence import Sequence
from backend.sequence_rules import dump_settings
from backend.sequences import publishing
from backend.sequences.queries import as_json
from backend.work import Work
from contract.blocks import dump_document
from contract.feed import Kind
from contract.problems import InvalidError, LockedError
from contract.sequence_settings import SequenceSettings
from contract.sequences import SequenceAutosave, SequenceCreate, SequencePatch, StepIn, StepsPatch
from contract.transitions import SequenceStatus

Edit = SequenceAutosave | SequencePatch | StepsPatch


def dump_steps(steps: Many[StepIn]) -> dict[str, Any]:
    """As stored: the order of the list is the order."""
    return {
        "steps": [
            {"id": step.id, "delayHours": step.delay_hours, "contentJson": dump_document(step.content_json)}
            for step in steps
        ]
    }


def _dump_settings(settings: SequenceSettings) -> dict[str, Any]:
    if settings.account_id is not None and int(settings.account_id) >= 2**63:
        raise InvalidError.at("settings.accountId", "there is no such account")
    return dump_settings(settings)


def _draft(steps: Many[StepIn], settings: SequenceSettings | None) -> dict[str, Any]:
    return dump_steps(steps) | ({"settings": _dump_settings(settings)} if settings is not None else {})


async def create(work: Work, data: SequenceCreate) -> Sequence:
    """A draft. Raises `IdTakenError`."""
    row = Sequence(
        id=await documents.fresh_id(work.session, Sequence, data.id),
        name=data.name,
        steps_json=_draft(data.steps, data.settings),
        segment_id=data.segment_id,
        status=SequenceStatus.DRAFT.value,
        created_at=work.now,
        updated_at=work.now,
    )
    version_keeping.begin_stretch(work, row)
    work.session.add(row)
    await work.session.flush()
    documents.note_change(work, Kind.SEQUENCE, row, action="created", before=None, after=as_json(row))
    return row


def _values(row: Sequence, data: Edit) -> dict[str, Any]:
    given = data.given() & {"name", "segment_id", "steps", "settings"}
    values: dict[str, Any] = {name: getattr(data, name) for name in given}
    for name in ("name", "steps"):
        if name in values and values[name] is None:
            raise InvalidError.at(name, "this cannot be null")
    draft = row.steps_json
    if "steps" in values:
        draft = draft | dump_steps(values.pop("steps"))
    if (settings := values.pop("settings", None)) is not None:
        draft = draft | {"settings": _dump_settings(settings)}
    return values | {"steps_json": draft}


async def edit(work: Work, row_id: str, data: Edit) -> Sequence:
    """Write what the request carries into the draft, and its status if it moves.

    Raises `StaleWriteError`, and what publishing.py raises for a change of status.
    """
    row = await documents.find(work.session, Sequence, row_id)
    before = as_json(row)
    documents.check_version(row, data.updated_at, lambda: before)
    previous = row.name, row.steps_json
    changed = documents.assign(row, _values(row, data))
    if row.steps_json != previous[1]:
        version_keeping.keep_version(work, row, *previous)
    target = data.status if isinstance(data, SequencePatch) else None
    if target is not None and target != row.status:
        await publishing.move(work, row, target)
        changed = True
    if changed:
        await finish(work, row, "edited", before)
    return row


async def finish(work: Work, row: Sequence, action: str, before: dict[str, Any]) -> None:
    """Stamp, write, and tell the others."""
    documents.stamp(work, row)
    await work.session.flush()
    documents.note_change(work, Kind.SEQUENCE, row, action=action, before=before, after=as_json(row))


async def delete(work: Work, row_id: str, updated_at: str | None) -> None:
    """Raises `LockedError` while people are in it."""
    row = await documents.find(work.session, Sequence, row_id)
    before = as_json(row)
    documents.check_version(row, updated_at, lambda: before)
    if row.status == SequenceStatus.ACTIVE:
        raise LockedError("Pause a sequence before deleting it.")
    await version_keeping.forget_versions(work.session, row.id)
    await documents.remove(work, Kind.SEQUENCE, row, before)
