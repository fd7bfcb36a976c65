"""Segments on the wire."""

from typing import Annotated

from pydantic import Field, SerializeAsAny

from contract.contacts import Contact
from contract.segment_ast import Node
from contract.wire import Answer, DocumentId, Name, Request, RowId, Timestamp, Version


class Segment(Answer):
    """A saved filter. `text` is the AST in its text form; `memberCount` is the audience right now."""

    id: DocumentId
    org_id: RowId
    name: str
    dsl_json: SerializeAsAny[Node]
    text: str = ""
    member_count: int | None = None
    created_at: Timestamp
    updated_at: Version


class SegmentCreate(Request):
    """A new segment."""

    id: DocumentId | None = None
    name: Name
    dsl_json: Node


class SegmentPatch(Request):
    """With `updatedAt` a compare-and-swap, without it the last writer wins."""

    name: Name | None = None
    dsl_json: Node | None = None
    updated_at: Version | None = None


class MembersRequest(Request):
    """Contacts to include, or to take out."""

    contact_ids: Annotated[list[RowId], Field(min_length=1, max_length=10_000)]


class MembersAdded(Answer):
    """How many were not included before."""

    added: int


class MembersRemoved(Answer):
    """How many were in it before."""

    removed: int


class SegmentAnswer(Answer):
    """One segment."""

    segment: Segment


class SegmentDetail(Answer):
    """A segment and a page of its evaluated audience."""

    segment: Segment
    members: list[Contact]
    next_cursor: str | None
    member_count: int


class SegmentList(Answer):
    """A page of segments by name."""

    segments: list[Segment]
    next_cursor: str | None


class PreviewRequest(Request):
    """An unsaved filter, as AST or as text; `segmentId` adds that segment's own members."""

    dsl_json: Node | None = None
    text: Annotated[str, Field(max_length=10_000)] | None = None
    segment_id: DocumentId | None = None


class PreviewAnswer(Answer):
    """How many it matches and the first of them. `approximate` for a sampled count."""

    dsl_json: SerializeAsAny[Node]
    text: str
    count: int
    approximate: bool = False
    sample: list[Contact]


class LackingAnswer(Answer):
    """Of the members now: how many have nothing in each of the fields that were asked for."""

    member_count: int
    lacking: dict[str, int]


class ExplainRequest(Request):
    """Why is this contact in or out?"""

    dsl_json: Node
    contact_id: RowId
    segment_id: DocumentId | None = None


class Verdict(Answer):
    """One leaf of the filter for one contact."""

    text: str
    value: str
    holds: bool


class Explanation(Answer):
    """`member` is the outcome; `manual` is include or exclude where a person decided."""

    member: bool
    manual: str | None = None
    verdicts: list[Verdict]
