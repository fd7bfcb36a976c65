"""Writing campaigns. When they go is in sending.py."""

from typing import Any

from backend import documents, version_keeping
from backend.campaigns import sending
from backend.campaigns.queries import as_json
from backend.db.models.campaign import Campaign
from backend.work import Work
from contract.blocks import Document, dump_document
from contract.campaigns import CampaignAutosave, CampaignCreate, CampaignPatch
from contract.feed import Kind
from contract.problems import InvalidError, LockedError
from contract.transitions import CONTENT_LOCKED, CampaignStatus

LOCKED_WHERE_FROZEN = ("segment_id", "send_at")
ACCOUNT_LOCKED = (CampaignStatus.SENDING, CampaignStatus.SENT, CampaignStatus.CANCELLED)
"""One that is paused may go on through another account."""
_FROZEN = (
    CampaignStatus.SENDING,
    CampaignStatus.PAUSED,
    CampaignStatus.SENT,
    CampaignStatus.CANCELLED,
)


async def create(work: Work, data: CampaignCreate) -> Campaign:
    """A draft. Raises `IdTakenError`."""
    row = Campaign(
        id=await documents.fresh_id(work.session, Campaign, data.id),
        name=data.name,
        content_json=dump_document(data.content_json),
        segment_id=data.segment_id,
        send_at=data.send_at,
        account_id=_account_id(data.account_id),
        status=CampaignStatus.DRAFT.value,
        created_at=work.now,
        updated_at=work.now,
    )
    version_keeping.begin_stretch(work, row)
    work.session.add(row)
    await work.session.flush()
    documents.note_change(work, Kind.CAMPAIGN, row, action="created", before=None, after=as_json(row))
    return row


def _account_id(given: str | None) -> int | None:
    number = int(given) if given is not None else None
    if number is not None and number >= 2**63:
        raise InvalidError.at("accountId", "there is no such account")
    return number


def _values(data: CampaignAutosave | CampaignPatch) -> dict[str, Any]:
    """The columns that the request carries; a name or a content cannot be emptied by null."""
    given = data.given() & {"name", "content_json", "segment_id", "send_at", "account_id"}
    values: dict[str, Any] = {name: getattr(data, name) for name in given}
    if "account_id" in values:
        values["account_id"] = _account_id(data.account_id)
    for name, path in (("name", "name"), ("content_json", "contentJson")):
        if name in values and values[name] is None:
            raise InvalidError.at(path, "this cannot be null")
    if isinstance(values.get("content_json"), Document):
        values["content_json"] = dump_document(values["content_json"])
    return values


def _check_locks(row: Campaign, values: dict[str, Any]) -> None:
    """Content that was scheduled or sent, and the audience of a frozen campaign, stay as they are."""
    status = CampaignStatus(row.status)
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    if "content_json" in changed and status in CONTENT_LOCKED:
        raise LockedError(f"The content of a campaign in {status} cannot be changed.")
    if "account_id" in changed and status in ACCOUNT_LOCKED:
        raise LockedError(f"The account of a campaign in {status} cannot be changed; pause it first.")
    if status in _FROZEN and changed & set(LOCKED_WHERE_FROZEN):
        raise LockedError(f"The audience and time of a campaign in {status} cannot be changed.")


async def edit(work: Work, row_id: str, data: CampaignAutosave | CampaignPatch) -> Campaign:
    """Write what the request carries, and its status if it moves.

    Raises `StaleWriteError`, `LockedError`, and what sending.py raises for a change of status.
    """
    row = await documents.find(work.session, Campaign, row_id)
    before = as_json(row)
    documents.check_version(row, data.updated_at, lambda: before)
    values = _values(data)
    previous = row.name, row.content_json
    target = data.status if isinstance(data, CampaignPatch) else None
    if target is not None and target != row.status:
        await sending.move(work, row, target, values)
    else:
        _check_locks(row, values)
        await sending.check_reschedule(work, row, values)
        if not documents.assign(row, values):
            return row
    if row.content_json != previous[1]:
        version_keeping.keep_version(work, row, *previous)
    await sending.finish(work, row, "edited", before)
    return row


async def delete(work: Work, row_id: str, updated_at: str | None) -> None:
    """Raises `LockedError` while it is being sent."""
    row = await documents.find(work.session, Campaign, row_id)
    before = as_json(row)
    documents.check_version(row, updated_at, lambda: before)
    if row.status == CampaignStatus.SENDING:
        raise LockedError("Pause or cancel a campaign before deleting it.")
    await version_keeping.forget_versions(work.session, row.id)
    await documents.remove(work, Kind.CAMPAIGN, row, before)
