"""How many of an audience have nothing in a field: what a mail without a fallback would leave out."""

from sqlalchemy import case, func, select

from backend.db.models.contact import Contact
from backend.db.models.segment import Segment
from backend.segments.audience import compiler_for
from backend.segments.queries import condition_of
from backend.work import Work
from contract.problems import InvalidError
from contract.segment_ast import Comparison, Op
from contract.segments import LackingAnswer

MOST_FIELDS = 50


async def count_lacking(work: Work, segment: Segment, named: str) -> LackingAnswer:
    """In one pass over the audience. Raises `InvalidError` for a field that is not there."""
    fields = list(dict.fromkeys(filter(None, named.split(","))))
    if len(fields) > MOST_FIELDS:
        raise InvalidError.at("fields", f"at most {MOST_FIELDS} fields")
    compiler = await compiler_for(work.session, work.now)
    unknown = [field for field in fields if field not in compiler.fields]
    if unknown:
        raise InvalidError.at("fields", f"there is no field {unknown[0]!r}")
    unset = [Comparison(field=field, op=Op.IS_SET, value=False) for field in fields]
    counts = [func.count(case((compiler.condition(node), 1))) for node in unset]
    query = select(func.count(), *counts).select_from(Contact).where(await condition_of(work, segment))
    total, *found = (await work.session.execute(query)).one()
    return LackingAnswer(member_count=total, lacking=dict(zip(fields, found, strict=True)))
