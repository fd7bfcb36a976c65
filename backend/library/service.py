"""Writing templates and snippets."""

from typing import Any

from backend import documents
from backend.db.feed import FeedChange
from backend.db.models.library import SavedMail
from backend.library.queries import to_wire
from backend.work import Work
from contract.blocks import dump_document
from contract.feed import Kind
from contract.library import SavedMailCreate, SavedMailPatch
from contract.problems import ForbiddenError, InvalidError


async def create(work: Work, data: SavedMailCreate) -> SavedMail:
    """Raises `IdTakenError`."""
    row = SavedMail(
        id=await documents.fresh_id(work.session, SavedMail, data.id),
        kind=data.kind.value,
        name=data.name,
        content_json=dump_document(data.content_json),
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    _note(work, row, "created", None, _as_json(row))
    return row


async def edit(work: Work, row_id: str, data: SavedMailPatch) -> SavedMail:
    """Raises `StaleWriteError`."""
    row = await documents.find(work.session, SavedMail, row_id)
    before = _as_json(row)
    documents.check_version(row, data.updated_at, lambda: before)
    values: dict[str, Any] = {name: getattr(data, name) for name in data.given() - {"updated_at"}}
    for name, path in (("name", "name"), ("content_json", "contentJson")):
        if name in values and values[name] is None:
            raise InvalidError.at(path, "this cannot be null")
    if "content_json" in values:
        values["content_json"] = dump_document(values["content_json"])
    if documents.assign(row, values):
        documents.stamp(work, row)
        await work.session.flush()
        _note(work, row, "edited", before, _as_json(row))
    return row


async def delete(work: Work, row_id: str) -> None:
    """Mails that were started from it keep what they took."""
    if not work.actor.role.may_delete:
        raise ForbiddenError("Only owners and admins may delete.")
    row = await documents.find(work.session, SavedMail, row_id)
    await work.session.delete(row)
    await work.session.flush()
    _note(work, row, "deleted", _as_json(row), None)


def _as_json(row: SavedMail) -> dict[str, Any]:
    return to_wire(row).model_dump(mode="json", by_alias=True)


def _note(
    work: Work, row: SavedMail, action: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    change = FeedChange(Kind.SETTINGS, "library")
    work.changed(f"{row.kind} {action}", change, before, after, target=f"{row.kind}/{row.id}")
