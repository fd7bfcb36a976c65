"""Contacts and their typed custom fields on the wire."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contract.wire import Answer, Request, RowId, Timestamp


class ContactStatus(StrEnum):
    """Whether a contact may be mailed."""

    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"


class FieldType(StrEnum):
    """Types of contact fields, built-in and custom."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    CHOICE = "choice"


FieldKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
FieldValue = str | float | bool | None
"""A date is a string `YYYY-MM-DD`; null removes the value."""


class FieldDefinition(Answer):
    """A field a segment or a merge tag may name. `choices` only for the type choice.

    `onPreferences`: contacts see and change it on their preferences page.
    """

    key: FieldKey
    type: FieldType
    label: str
    choices: list[str] = []
    built_in: bool = False
    on_preferences: bool = False


BUILT_IN_FIELDS = (
    FieldDefinition(key="email", type=FieldType.TEXT, label="E-mail", built_in=True),
    FieldDefinition(key="name", type=FieldType.TEXT, label="Name", built_in=True),
    FieldDefinition(
        key="status",
        type=FieldType.CHOICE,
        label="Status",
        choices=[s.value for s in ContactStatus],
        built_in=True,
    ),
    FieldDefinition(key="created_at", type=FieldType.DATE, label="Created", built_in=True),
)


class Contact(Answer):
    """A person one may write to."""

    id: RowId
    org_id: RowId
    email: str
    name: str | None = None
    status: ContactStatus
    time_zone: str | None = None
    fields: dict[str, FieldValue] = {}
    created_at: Timestamp
    updated_at: str


class ContactCreate(Request):
    """A new contact; the address is unique in the organisation."""

    email: Annotated[str, Field(min_length=3, max_length=254)]
    name: Annotated[str, Field(max_length=200)] | None = None
    time_zone: Annotated[str, Field(max_length=60)] | None = None
    fields: dict[FieldKey, FieldValue] = {}


class ContactPatch(Request):
    """Changes to a contact; fields named here are replaced, others stay."""

    email: Annotated[str, Field(min_length=3, max_length=254)] | None = None
    name: Annotated[str, Field(max_length=200)] | None = None
    time_zone: Annotated[str, Field(max_length=60)] | None = None
    status: ContactStatus | None = None
    fields: dict[FieldKey, FieldValue] = {}
    updated_at: str | None = None


class ContactAnswer(Answer):
    """One contact."""

    contact: Contact


class ContactList(Answer):
    """A page of contacts. `total` counts all that match; `offset` is the place of the first one here."""

    contacts: list[Contact]
    next_cursor: str | None
    total: int
    offset: int


class FieldList(Answer):
    """Built-in fields first, then the organisation's own, by key."""

    fields: list[FieldDefinition]


class FieldAnswer(Answer):
    """One field."""

    field: FieldDefinition


class FieldCreate(Request):
    """A new custom field."""

    key: FieldKey
    type: FieldType
    label: Annotated[str, Field(min_length=1, max_length=80)]
    choices: Annotated[list[Annotated[str, Field(min_length=1, max_length=80)]], Field(max_length=100)] = []
    on_preferences: bool = False


class FieldPatch(Request):
    """What is given is changed. Key and type stay: filters and mails name them."""

    label: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    on_preferences: bool | None = None


class BulkAction(StrEnum):
    """What can be done to many contacts at once."""

    DELETE = "delete"
    UNSUBSCRIBE = "unsubscribe"


class ContactBulk(Request):
    """One change to many; ids that are not here change nothing."""

    action: BulkAction
    contact_ids: Annotated[list[RowId], Field(min_length=1, max_length=1000)]


class BulkAnswer(Answer):
    """How many contacts were changed."""

    changed: int


class TimelineEntry(Answer):
    """Something that happened to a contact: a mail in a state, a sequence, what people and links did."""

    at: Timestamp
    what: str
    detail: str = ""


class Timeline(Answer):
    """Newest first."""

    entries: list[TimelineEntry]


class ImportAnswer(Answer):
    """What an import did, or with `dryRun` would do. `problems` name line and reason, at most 100.

    `left_out` are the headings of columns that belong to no field: nothing of them was kept.
    """

    rows: int = 0
    added: int
    changed: int
    same: int
    skipped: int
    dry_run: bool
    left_out: list[str] = []
    problems: list[str] = []
