"""The routes of contacts and their fields."""

from typing import Annotated, Any

from litestar import Controller, Request
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from backend.batches import CurrentBatches
from backend.contact_pages import ContactPage, ContactSort, contact_page, present_contacts
from backend.contacts import fields, queries, service, timeline
from backend.contacts.bulk import change_many
from backend.contacts.csv_import import import_contacts
from backend.contacts.upload import received
from backend.pagination import DEFAULT_LIMIT, Before, Cursor, Limit
from backend.routes import delete, get, patch, post
from backend.work import CurrentWork
from contract.contacts import (
    BulkAnswer,
    ContactAnswer,
    ContactBulk,
    ContactCreate,
    ContactList,
    ContactPatch,
    ContactStatus,
    FieldAnswer,
    FieldCreate,
    FieldList,
    FieldPatch,
    ImportAnswer,
    Timeline,
)
from contract.wire import Empty

MAX_IMPORT = 1024 * 1024 * 1024
"""On the disk; memory holds a batch of rows and the addresses seen."""

At = Annotated[
    float | None, QueryParameter(name="at", ge=0, le=1, description="The page at this part of the list.")
]
Offset = Annotated[
    int | None, QueryParameter(name="offset", ge=0, description="The page that begins at this row.")
]


class ContactController(Controller):
    """People one may write to."""

    path = "/contacts"
    tags = ["contacts"]

    @get(summary="List contacts, from a cursor or a position")
    async def index(
        self,
        work: CurrentWork,
        *,
        q: FromQuery[str | None] = None,
        status: FromQuery[ContactStatus | None] = None,
        sort: FromQuery[ContactSort] = ContactSort.EMAIL,
        limit: Limit = DEFAULT_LIMIT,
        cursor: Cursor = None,
        before: Before = None,
        at: At = None,
        offset: Offset = None,
    ) -> ContactList:
        page = ContactPage(limit, cursor, before, at, offset, sort, (q, status))
        return await contact_page(work.session, queries.matching(q, status), page)

    @post(summary="Add a contact")
    async def create(self, work: CurrentWork, data: JSONBody[ContactCreate]) -> ContactAnswer:
        return ContactAnswer(contact=await service.create(work, data))

    @post(
        "/import",
        request_max_body_size=MAX_IMPORT,
        opt={"upload": "text/csv", "streams": True},
        summary="Import a CSV file",
        description=(
            "The body is the file, as text/csv. Rows are committed in batches: after a failure in the "
            "middle, import the same file again; rows that are there already are counted as `same`."
        ),
    )
    async def import_file(
        self,
        batches: CurrentBatches,
        request: Request[Any, Any, Any],
        *,
        dry_run: Annotated[bool, QueryParameter(name="dryRun")] = False,
        mapping: Annotated[
            list[str] | None, QueryParameter(name="map", description="COLUMN=FIELD, repeated.")
        ] = None,
    ) -> ImportAnswer:
        async with received(request, batches.parts.settings.data_dir) as upload:
            return await import_contacts(batches, upload, mapping or [], dry_run=dry_run)

    @post("/bulk", summary="Delete or unsubscribe many contacts")
    async def change_many(self, work: CurrentWork, data: JSONBody[ContactBulk]) -> BulkAnswer:
        return BulkAnswer(changed=await change_many(work, data))

    @get("/{contact_id:str}/timeline", summary="What happened to a contact, newest first")
    async def timeline(
        self, work: CurrentWork, contact_id: FromPath[str], limit: Limit = DEFAULT_LIMIT
    ) -> Timeline:
        return Timeline(entries=await timeline.timeline(work.session, contact_id, limit))

    @get("/{contact_id:str}", summary="Show a contact")
    async def show(self, work: CurrentWork, contact_id: FromPath[str]) -> ContactAnswer:
        row = await queries.find_contact(work.session, contact_id)
        return ContactAnswer(contact=(await present_contacts(work.session, [row]))[0])

    @patch("/{contact_id:str}", summary="Change a contact")
    async def edit(
        self, work: CurrentWork, contact_id: FromPath[str], data: JSONBody[ContactPatch]
    ) -> ContactAnswer:
        return ContactAnswer(contact=await service.edit(work, contact_id, data))

    @delete("/{contact_id:str}", summary="Delete a contact")
    async def remove(self, work: CurrentWork, contact_id: FromPath[str]) -> Empty:
        await service.delete(work, contact_id)
        return Empty()


class FieldController(Controller):
    """What can be known of a contact."""

    path = "/fields"
    tags = ["contacts"]

    @get(summary="List built-in and custom fields")
    async def index(self, work: CurrentWork) -> FieldList:
        return await fields.list_fields(work)

    @post(summary="Add a custom field")
    async def create(self, work: CurrentWork, data: JSONBody[FieldCreate]) -> FieldAnswer:
        return FieldAnswer(field=await fields.create_field(work, data))

    @patch("/{key:str}", summary="Change a custom field")
    async def edit(self, work: CurrentWork, key: FromPath[str], data: JSONBody[FieldPatch]) -> FieldAnswer:
        return FieldAnswer(field=await fields.edit_field(work, key, data))
