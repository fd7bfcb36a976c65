"""Importing contacts: new ones are added, known ones completed, and nobody who left is brought back.

An empty cell changes nothing. A contact that unsubscribed or bounced keeps its status, and a suppressed
address is skipped, whatever the file says.

Each batch is a transaction, so that others write meanwhile. An import that was cut off is finished by
importing the same file again.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from zoneinfo import available_timezones

from pydantic import ValidationError
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.batches import Batches
from backend.contacts import queries
from backend.contacts.addresses import normal_address
from backend.contacts.csv_columns import ImportedRow, map_columns, typed_cells
from backend.contacts.csv_text import CsvFile, Problems, open_csv, read_rows
from backend.contacts.upload import Upload
from backend.db.feed import take_row_ids
from backend.db.fields import custom_fields
from backend.db.models.contact import Contact, ContactAttrs, CustomField
from backend.db.timestamps import next_version
from backend.suppressing import address_hash, suppress_emails
from backend.work import Work
from contract import csv_cells
from contract.contacts import ContactStatus, ImportAnswer
from contract.problems import InvalidError

BATCH = 2_000
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that was read once and found readable."""

    source: CsvFile
    columns: Mapping[int, str]
    width: int


class ContactImport:
    """One file. `dry_run` counts and writes nothing."""

    def __init__(self, fields: Mapping[str, CustomField], *, dry_run: bool) -> None:
        self._fields = fields
        self._dry_run = dry_run
        self._zones = available_timezones()
        self._line_of: dict[str, int] = {}
        self._rev = 0
        self._no_values: dict[str, None] = {}
        self.problems = Problems()
        self.answer = ImportAnswer(added=0, changed=0, same=0, skipped=0, dry_run=dry_run)

    def _skip(self, line: int, reason: str) -> None:
        self.answer.skipped += 1
        self.problems.add(line, reason)

    def open(self, file: BinaryIO, pairs: Sequence[str]) -> OpenFile:
        """Read it once to its end, so that a file that is broken changes nothing. Takes a while.

        Raises `InvalidError` for one that cannot be read or has no column of addresses.
        """
        source = open_csv(file, self.problems)
        self.answer.skipped += len(source.left_out)
        rows = read_rows(source)
        _, header = next(rows, (0, []))
        if not header:
            raise InvalidError("The file is empty; its first line must name the columns.")
        columns = map_columns(header, pairs, self._fields)
        self.answer.left_out = [heading for n, heading in enumerate(header) if heading and n not in columns]
        self.answer.rows = sum(1 for _ in rows) + len(source.left_out)
        mapped = [self._fields[key] for key in columns.values() if key in self._fields]
        self._no_values = dict.fromkeys(field.slot for field in mapped)
        return OpenFile(source, columns, len(header))

    def batches(self, opened: OpenFile) -> Iterator[list[ImportedRow]]:
        """Checked rows; only the last batch is not full, and may be empty."""
        rows = read_rows(opened.source)
        next(rows)
        batch: list[ImportedRow] = []
        for row in self._checked(rows, opened.columns, opened.width):
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch

    async def write(self, work: Work, batch: Sequence[ImportedRow]) -> None:
        """One batch, in a transaction of its own."""
        added, changed = self.answer.added, self.answer.changed
        if batch:
            await self._write(work, batch)
        added, changed = self.answer.added - added, self.answer.changed - changed
        if added + changed and not self._dry_run:
            work.contacts_changed("contacts imported", f"{added} added, {changed} changed")

    def _checked(
        self, rows: Iterator[tuple[int, list[str]]], columns: Mapping[int, str], width: int
    ) -> Iterator[ImportedRow]:
        for line, cells in rows:
            if len(cells) > width:
                self._skip(line, f"it has {len(cells)} cells, the heading has {width}")
                continue
            named = {
                key: csv_cells.read(cells[index]) for index, key in columns.items() if index < len(cells)
            }
            try:
                row = self._row(line, named)
            except ValueError as error:
                self._skip(line, str(error))
                continue
            yield row

    def _row(self, line: int, cells: Mapping[str, str]) -> ImportedRow:
        """Raises `ValueError` with words for the person."""
        address = normal_address(cells.get("email", ""))
        if address is None:
            raise ValueError("this is not an e-mail address")
        earlier = self._line_of.setdefault(address, line)
        if earlier != line:
            raise ValueError(f"the same address as in line {earlier}")
        zone, name = cells.get("time_zone") or None, cells.get("name") or None
        if zone and zone not in self._zones:
            raise ValueError("time_zone: expected a name such as Europe/Berlin")
        if name and len(name) > MAX_NAME:
            raise ValueError(f"name: at most {MAX_NAME} characters")
        shown, slots = typed_cells(cells, self._fields)
        return ImportedRow(line, address, name, zone, _status(cells.get("status", "")), shown, slots)

    async def _write(self, work: Work, batch: Sequence[ImportedRow]) -> None:
        session = work.session
        if not self._dry_run:
            self._rev = (await take_row_ids(session))[0]
        hashes = {address_hash(row.email): row for row in batch}
        suppressed = await queries.suppressed(session, hashes)
        known = await queries.by_address(session, [row.email for row in batch])
        attrs = await _attrs(session, [row.id for row in known.values()])
        fresh: list[ImportedRow] = []
        for key, row in hashes.items():
            if row.email in known:
                self._complete(work, known[row.email], attrs, row)
            elif key in suppressed:
                self._skip(row.line, "this address is suppressed")
            else:
                fresh.append(row)
        self.answer.added += len(fresh)
        if fresh and not self._dry_run:
            await self._insert(work, fresh)
        if not self._dry_run:
            await _suppress_left(work, batch)

    def _complete(
        self, work: Work, contact: Contact, attrs: Mapping[int, ContactAttrs], row: ImportedRow
    ) -> None:
        """Fill in what the file knows; a status only ever gets worse."""
        kept = attrs.get(contact.id)
        before = kept.attrs if kept else {}
        values: dict[str, Any] = {}
        if row.name and row.name != contact.name:
            values |= {"name": row.name, "name_folded": row.name.casefold()}
        if row.time_zone and row.time_zone != contact.time_zone:
            values["time_zone"] = row.time_zone
        if _is_worse(contact.status, row.status):
            values["status"] = row.status.value if row.status else contact.status
        after = before | row.shown
        if not values and after == before:
            self.answer.same += 1
            return
        self.answer.changed += 1
        if self._dry_run:
            return
        values |= {**row.slots, "rev": self._rev}
        values["updated_at"] = next_version(work.now, contact.updated_at)
        for name, value in values.items():
            setattr(contact, name, value)
        if kept is None:
            work.session.add(ContactAttrs(contact_id=contact.id, attrs=after))
        else:
            kept.attrs = after

    async def _insert(self, work: Work, rows: Sequence[ImportedRow]) -> None:
        ids = await take_row_ids(work.session, len(rows))
        now = work.now
        contacts = [
            {
                **self._no_values,
                **row.slots,
                "id": contact_id,
                "email": row.email,
                "name": row.name,
                "name_folded": row.name.casefold() if row.name else None,
                "status": (row.status or ContactStatus.SUBSCRIBED).value,
                "time_zone": row.time_zone,
                "created_at": now,
                "updated_at": now,
                "rev": self._rev,
            }
            for contact_id, row in zip(ids, rows, strict=True)
        ]
        await work.session.execute(insert(Contact), contacts)
        attrs = [
            {"contact_id": contact_id, "attrs": row.shown} for contact_id, row in zip(ids, rows, strict=True)
        ]
        await work.session.execute(insert(ContactAttrs), attrs)


def _status(text: str) -> ContactStatus | None:
    """Raises `ValueError` for a word that is no status."""
    if not text:
        return None
    try:
        return ContactStatus(text.casefold())
    except ValueError:
        raise ValueError("status: expected subscribed, unsubscribed or bounced") from None


async def _suppress_left(work: Work, rows: Sequence[ImportedRow]) -> None:
    """Whom the file says left stays left, whatever becomes of the contact."""
    for status in (ContactStatus.UNSUBSCRIBED, ContactStatus.BOUNCED):
        left = [row.email for row in rows if row.status is status]
        await suppress_emails(work.session, left, status.value, work.now)


def _is_worse(current: str, imported: ContactStatus | None) -> bool:
    return current == ContactStatus.SUBSCRIBED and imported not in (None, ContactStatus.SUBSCRIBED)


async def _attrs(session: AsyncSession, ids: Sequence[int]) -> dict[int, ContactAttrs]:
    rows = await session.scalars(select(ContactAttrs).where(ContactAttrs.contact_id.in_(ids)))
    return {row.contact_id: row for row in rows}


def _kept(recorded: bytes | None) -> ImportAnswer | None:
    """An answer given before, if all of it is still there; else importing again does no harm."""
    try:
        return ImportAnswer.model_validate_json(recorded) if recorded else None
    except ValidationError:
        return None


async def import_contacts(
    batches: Batches, upload: Upload, pairs: Sequence[str], *, dry_run: bool
) -> ImportAnswer:
    """Import a CSV file; see the module."""
    async with batches.read() as work:
        if (kept := _kept(await batches.recorded(work, upload.fingerprint))) is not None:
            return kept
        fields = {field.key: field for field in await custom_fields(work.session)}
    importing = ContactImport(fields, dry_run=dry_run)
    opened = await asyncio.to_thread(importing.open, upload.file, pairs)
    for batch in importing.batches(opened):
        async with batches.read() if dry_run else batches.write() as work:
            await importing.write(work, batch)
            importing.answer.problems = importing.problems.words
            if len(batch) < BATCH and not dry_run:
                answer = importing.answer.model_dump_json(by_alias=True)
                await batches.record(work, upload.fingerprint, answer.encode())
    return importing.answer
