"""Campaigns on the wire."""

from typing import Annotated, Any

from pydantic import Field, NaiveDatetime

from contract.auth import UserInfo
from contract.blocks import WrittenDocument
from contract.delivery import Progress
from contract.transitions import CampaignStatus
from contract.wire import Answer, DocumentId, Name, Request, RowId, Timestamp, Version


class Campaign(Answer):
    """A mail to a segment. `contentJson` is a block document; `progress` is present once it was frozen.

    It leaves through the sending account `accountId`, or through the default one.
    """

    id: DocumentId
    org_id: RowId
    name: str
    content_json: dict[str, Any]
    status: CampaignStatus
    send_at: Timestamp | None = None
    local_time: NaiveDatetime | None = None
    starts_at: Timestamp | None = None
    otherwise_at: Timestamp | None = None
    segment_id: DocumentId | None = None
    account_id: RowId | None = None
    paused_reason: str | None = None
    created_at: Timestamp
    updated_at: Version
    progress: Progress | None = None


class CampaignCreate(Request):
    """A new draft. A client may bring its own UUIDv7."""

    id: DocumentId | None = None
    name: Name
    content_json: WrittenDocument
    segment_id: DocumentId | None = None
    send_at: Timestamp | None = None
    account_id: RowId | None = None


class CampaignAutosave(Request):
    """Compare-and-swap on `updatedAt`; only the fields that are present change. Never a status."""

    updated_at: Version
    name: Name | None = None
    content_json: WrittenDocument | None = None
    segment_id: DocumentId | None = None
    send_at: Timestamp | None = None
    account_id: RowId | None = None


class CampaignPatch(Request):
    """Like autosave, but `updatedAt` may be left out (then the last writer wins) and `status` may move."""

    updated_at: Version | None = None
    name: Name | None = None
    content_json: WrittenDocument | None = None
    segment_id: DocumentId | None = None
    send_at: Timestamp | None = None
    account_id: RowId | None = None
    status: CampaignStatus | None = None


class CampaignSend(Request):
    """Send now, or at `sendAt`. `undoSeconds` delays an immediate send so that it can be taken back.

    With `localTime`, a time of day without a zone, each contact gets it when clocks in its own time zone show
    that. Those whose zone is not known get it by the organisation's clock, or at `sendAt` where it has none:
    `otherwiseAt` then says when that is, as of scheduling, and `startsAt` when the first ones get it.
    """

    send_at: Timestamp | None = None
    local_time: NaiveDatetime | None = None
    updated_at: Version | None = None
    audience_hash: Annotated[str, Field(max_length=64)] | None = None
    undo_seconds: Annotated[int, Field(ge=0, le=300)] = 0


class CampaignApprove(Request):
    """A second person's word: this content, as of `updatedAt`, may go to this audience."""

    updated_at: Version
    audience_hash: Annotated[str, Field(min_length=1, max_length=64)]


class Approval(Answer):
    """`required`: the organisation asks for one. `stands`: it is of the present content.

    Whoever sends must be somebody else than `approvedBy`; the audience is compared when it is sent.
    """

    required: bool
    stands: bool
    approved_by: UserInfo | None = None
    approved_at: Timestamp | None = None


class ApprovalAnswer(Answer):
    """Of one campaign."""

    approval: Approval


class CampaignTest(Request):
    """A test mail, marked [Test], to the named addresses only, filled in as for `contactId`."""

    to: Annotated[
        list[Annotated[str, Field(min_length=3, max_length=254)]], Field(min_length=1, max_length=20)
    ]
    contact_id: RowId | None = None


class CampaignAnswer(Answer):
    """One campaign."""

    campaign: Campaign


class CampaignList(Answer):
    """A page of campaigns, newest change first."""

    campaigns: list[Campaign]
    next_cursor: str | None


class TestAnswer(Answer):
    """Addresses whose mail the server took."""

    __test__ = False

    accepted: list[str]
