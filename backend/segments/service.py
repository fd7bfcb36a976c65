"""Writing segments."""

from typing import Any

from backend import documents
from backend.db.fields import known_fields
from backend.db.models.segment import Segment
from backend.segments.queries import as_json
from backend.work import Work
from contract.feed import Kind
from contract.problems import FieldError, InvalidError
from contract.segment_ast import AnyNode, check_types, dump_node
from contract.segments import SegmentCreate, SegmentPatch


async def check_filter(work: Work, node: AnyNode, prefix: str = "dslJson") -> None:
    """Raises `InvalidError` for fields and values that do not fit the organisation's fields."""
    wrong = check_types(node, await known_fields(work.session))
    errors = [FieldError(path=f"{prefix}.{error.path}", message=error.message) for error in wrong]
    if errors:
        raise InvalidError(f"{errors[0].path}: {errors[0].message}", errors=errors)


async def _json(work: Work, row: Segment) -> dict[str, Any]:
    return as_json(row, await known_fields(work.session))


async def create(work: Work, data: SegmentCreate) -> Segment:
    """Raises `IdTakenError`, `InvalidError`."""
    await check_filter(work, data.dsl_json)
    row = Segment(
        id=await documents.fresh_id(work.session, Segment, data.id),
        name=data.name,
        dsl_json=dump_node(data.dsl_json),
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(row)
    await work.session.flush()
    documents.note_change(
        work, Kind.SEGMENT, row, action="created", before=None, after=await _json(work, row)
    )
    return row


async def edit(work: Work, row_id: str, data: SegmentPatch) -> Segment:
    """Raises `StaleWriteError`, `InvalidError`."""
    row = await documents.find(work.session, Segment, row_id)
    before = await _json(work, row)
    documents.check_version(row, data.updated_at, lambda: before)
    values: dict[str, Any] = {}
    for name, path in (("name", "name"), ("dsl_json", "dslJson")):
        if name in data.given() and getattr(data, name) is None:
            raise InvalidError.at(path, "this cannot be null")
    if data.name is not None:
        values["name"] = data.name
    if data.dsl_json is not None:
        await check_filter(work, data.dsl_json)
        values["dsl_json"] = dump_node(data.dsl_json)
    if documents.assign(row, values):
        documents.stamp(work, row)
        await work.session.flush()
        documents.note_change(
            work, Kind.SEGMENT, row, action="edited", before=before, after=await _json(work, row)
        )
    return row


async def delete(work: Work, row_id: str, updated_at: str | None) -> None:
    """Campaigns that name it can then not be sent until another one is chosen."""
    row = await documents.find(work.session, Segment, row_id)
    before = await _json(work, row)
    documents.check_version(row, updated_at, lambda: before)
    await documents.remove(work, Kind.SEGMENT, row, before)
