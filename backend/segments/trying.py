"""Trying a filter that is not saved: how many, who for instance, and why this one."""

from collections.abc import Iterator

from sqlalchemy import case, literal, select

from backend.contact_pages import count_contacts, present_contacts
from backend.db.fields import known_fields
from backend.db.models.contact import Contact
from backend.db.models.segment import SegmentMember
from backend.segments.audience import compiler_for, with_decisions
from backend.segments.service import check_filter
from backend.work import Work
from contract.contacts import Contact as ContactWire
from contract.problems import InvalidError, MissingError
from contract.segment_ast import AnyNode, Comparison, EventCount, walk
from contract.segment_text import SegmentSyntaxError, parse, show
from contract.segments import ExplainRequest, Explanation, PreviewAnswer, PreviewRequest, Verdict

SAMPLE = 20


async def _node(work: Work, data: PreviewRequest) -> AnyNode:
    if (data.dsl_json is None) == (data.text is None):
        raise InvalidError("Give either dslJson or text.")
    if data.dsl_json is not None:
        await check_filter(work, data.dsl_json)
        return data.dsl_json
    assert data.text is not None
    try:
        return parse(data.text, await known_fields(work.session))
    except SegmentSyntaxError as error:
        message = f"{error.message} (characters {error.start} to {error.end})"
        raise InvalidError.at("text", message) from None


async def preview(work: Work, data: PreviewRequest) -> PreviewAnswer:
    """Exact count and the first contacts by address."""
    node = await _node(work, data)
    compiler = await compiler_for(work.session, work.now)
    condition = await with_decisions(work.session, compiler.condition(node), data.segment_id)
    first = select(Contact).where(condition).order_by(Contact.email, Contact.id).limit(SAMPLE)
    sample = await present_contacts(work.session, list(await work.session.scalars(first)))
    count = await count_contacts(work.session, condition)
    return PreviewAnswer(
        dsl_json=node, text=show(node, await known_fields(work.session)), count=count, sample=sample
    )


def _value(contact: ContactWire, field: str) -> str:
    """What the contact has there, as a person reads it."""
    if field == "created_at":
        return contact.created_at.date().isoformat()
    value = getattr(contact, field) if field in ("email", "name", "status") else contact.fields.get(field)
    if value is None:
        return "not set"
    return str(value).lower() if isinstance(value, bool) else f"{value}"


def _found(contact: ContactWire, leaf: Comparison | EventCount, counted: Iterator[int]) -> str:
    """What the leaf was compared with; `counted` has one number for each event."""
    return f"{next(counted)}" if isinstance(leaf, EventCount) else _value(contact, leaf.field)


async def explain(work: Work, data: ExplainRequest) -> Explanation:
    """Each comparison with the contact's value and verdict, judged by the database itself."""
    await check_filter(work, data.dsl_json)
    only = Contact.id == int(data.contact_id)
    row = await work.session.scalar(select(Contact).where(only))
    if row is None:
        raise MissingError
    compiler = await compiler_for(work.session, work.now)
    leaves = [node for _, _, node in walk(data.dsl_json) if isinstance(node, Comparison | EventCount)]
    counts = [compiler.count(leaf) for leaf in leaves if isinstance(leaf, EventCount)]
    whole = await with_decisions(work.session, compiler.condition(data.dsl_json), data.segment_id)
    judged = [
        case((condition, literal(1)), else_=literal(0))
        for condition in (whole, *(compiler.condition(leaf) for leaf in leaves))
    ]
    found = (await work.session.execute(select(*judged, *counts).select_from(Contact).where(only))).one()
    member, *verdicts = found[: len(judged)]
    counted = iter(found[len(judged) :])
    contact = (await present_contacts(work.session, [row]))[0]
    fields = await known_fields(work.session)
    return Explanation(
        member=bool(member),
        manual=await _manual(work, data.segment_id, row.id),
        verdicts=[
            Verdict(text=show(leaf, fields), value=_found(contact, leaf, counted), holds=bool(holds))
            for leaf, holds in zip(leaves, verdicts, strict=True)
        ],
    )


async def _manual(work: Work, segment_id: str | None, contact_id: int) -> str | None:
    if segment_id is None:
        return None
    return await work.session.scalar(
        select(SegmentMember.source).where(
            SegmentMember.segment_id == segment_id, SegmentMember.contact_id == contact_id
        )
    )
