"""Mails by name, as campaigns and sequences list them: the same filter, the same pages."""

from dataclasses import replace
from typing import Annotated

from litestar.params import QueryParameter

from backend.pagination import parse_row_cursor
from backend.ports import DeliveryFilter, DeliveryPage
from backend.work import Work
from contract.delivery import DeliveryList, DeliveryState

State = Annotated[DeliveryState | None, QueryParameter(name="state")]
Delivered = Annotated[bool | None, QueryParameter(description="Whether it arrived.")]
Reason = Annotated[str | None, QueryParameter(max_length=300)]
Find = Annotated[str | None, QueryParameter(max_length=300, description="In address or reason.")]
Mails = Annotated[int, QueryParameter(name="limit", ge=1, le=2_000, description="Rows on a page.")]
Offset = Annotated[
    int | None, QueryParameter(name="offset", ge=0, le=2**31, description="The page that begins at this row.")
]


def page_at(limit: int, cursor: str | None, offset: int | None) -> DeliveryPage:
    """Raises `InvalidError` for a cursor that is none."""
    return DeliveryPage(limit, parse_row_cursor(cursor) or 0, offset)


async def mail_page(work: Work, source_id: str, wanted: DeliveryFilter, page: DeliveryPage) -> DeliveryList:
    """The mails of a source that the caller has found, which proves that it is of this organisation."""
    and_one_more = replace(page, limit=page.limit + 1)
    rows = await work.ports.delivery.deliveries(work.session, source_id, wanted, and_one_more)
    return DeliveryList(
        deliveries=rows[: page.limit],
        next_cursor=rows[page.limit - 1].id if len(rows) > page.limit else None,
        total=await work.ports.delivery.count_deliveries(work.session, source_id, wanted),
        offset=page.offset,
    )
