"""The route of the audit log."""

from typing import Annotated

from litestar import Controller
from litestar.params import QueryParameter
from sqlalchemy import select

from backend.db.models.ledger import AuditEntry
from backend.pagination import (
    DEFAULT_LIMIT,
    Before,
    Cursor,
    Limit,
    Order,
    PageRequest,
    fetch_page,
    filter_hash,
)
from backend.people import people
from backend.routes import get
from backend.work import CurrentWork
from contract.audit import AuditList, AuditRow
from contract.auth import UserInfo
from contract.problems import ForbiddenError

NEWEST_FIRST = Order(AuditEntry.at, AuditEntry.id, descending=True)


def _to_wire(row: AuditEntry, actor: UserInfo | None) -> AuditRow:
    return AuditRow(
        id=row.id,
        at=row.at,
        user_id=str(row.user_id) if row.user_id is not None else None,
        email=actor.email if actor else None,
        action=row.action,
        target=row.target,
        client=row.client,
        before_hash=row.before_hash,
        after_hash=row.after_hash,
    )


class AuditController(Controller):
    """Read only: nothing removes an entry."""

    path = "/audit"
    tags = ["organisation"]

    @get(summary="List changes, newest first")
    async def index(
        self,
        work: CurrentWork,
        *,
        target: Annotated[
            str | None, QueryParameter(name="target", description="Such as campaign/ID, contact/ID, user/ID.")
        ] = None,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
    ) -> AuditList:
        if not work.actor.role.may_delete:
            raise ForbiddenError("Only owners and admins may read the audit log.")
        page = PageRequest(limit, cursor, before, filter_hash("audit", target))
        query = select(AuditEntry)
        if target is not None:
            query = query.where(AuditEntry.target == target)
        rows, following = await fetch_page(work.session, query, NEWEST_FIRST, page)
        actors = await people(work, (row.user_id for row in rows))
        entries = [_to_wire(row, actors.get(row.user_id)) for row in rows]
        return AuditList(entries=entries, next_cursor=following)
