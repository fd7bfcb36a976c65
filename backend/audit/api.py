"""The route of the audit log."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Controller
from litestar.params import QueryParameter
from sqlalchemy import select

from backend.db.models.ledger import AuditEntry
from backend.db.models.org import User
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
from backend.routes import get
from backend.work import CurrentWork, Work
from contract.audit import AuditList, AuditRow
from contract.problems import ForbiddenError

NEWEST_FIRST = Order(AuditEntry.at, AuditEntry.id, descending=True)


async def _addresses(work: Work, rows: Sequence[AuditEntry]) -> dict[int, str]:
    """Of whoever acted here, also of those who have left since."""
    ids = {row.user_id for row in rows if row.user_id is not None}
    query = select(User.id, User.email).where(User.id.in_(ids))
    found = await work.session.execute(query, execution_options={"unscoped": True})
    return {row.id: row.email for row in found}


def _to_wire(row: AuditEntry, addresses: dict[int, str]) -> AuditRow:
    return AuditRow(
        id=row.id,
        at=row.at,
        user_id=str(row.user_id) if row.user_id is not None else None,
        email=addresses.get(row.user_id) if row.user_id is not None else None,
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
        addresses = await _addresses(work, rows)
        return AuditList(entries=[_to_wire(row, addresses) for row in rows], next_cursor=following)
