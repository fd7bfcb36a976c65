"""The mails of one source, compiled once: from a frozen revision to bytes for each recipient."""

from collections import OrderedDict
from typing import Any

from pydantic import ValidationError

from backend.db.engine import Database
from backend.delivery.accounts import Account
from backend.delivery.letter import Letter
from backend.delivery.signing import sending_secret
from backend.delivery.sources import Source, SourceKind
from backend.frozen_content import frozen_content
from contract.blocks import NewerDocumentError, load_document
from render_preview.headers import HeaderError, MessageHeaders
from render_preview.own_pages import without_own_pages
from render_preview.tracking import Tracking, tracking_at
from render_preview.wire import UnknownBlockError, WireTemplate, compile_message

MAX_KEPT = 64


class ContentError(Exception):
    """The content, or the sender's name or address, cannot be sent. The message is for a person."""


def compile_content(
    raw: dict[str, Any],
    source: Source,
    account: Account,
    *,
    public: bool,
    subject_mark: str = "",
    tracking: Tracking | None = None,
) -> WireTemplate:
    """`public`: whether this installation has pages that recipients reach. Raises `ContentError`.

    Without `tracking` the links are those that were written, as in previews and test mails.
    """
    try:
        document = load_document(raw)
        if not public:
            document = without_own_pages(document)
        if subject_mark:
            document = document.model_copy(update={"subject": f"{subject_mark} {document.subject}"})
        headers = MessageHeaders(
            from_address=account.from_email,
            from_name=account.from_name,
            list_id=f"org-{source.org_id}.{account.domain}",
            feedback_id=f"{source.id}:{source.kind}:{source.org_id}:handbill",
            auto_submitted=source.kind is SourceKind.SEQUENCE,
        )
        return compile_message(document, headers, tracking)
    except (NewerDocumentError, UnknownBlockError, HeaderError) as error:
        raise ContentError(str(error)) from error
    except ValidationError as error:
        raise ContentError("the content is not a valid document") from error


class Letters:
    """Compiles each frozen content once per account."""

    def __init__(self, database: Database, public_url: str | None) -> None:
        self._database = database
        self.public_url = public_url
        self._kept: OrderedDict[tuple[Source, int, str, Account], Letter] = OrderedDict()

    def kept(self, source: Source, revision: int, step_id: str, account: Account) -> Letter | None:
        """What was compiled already."""
        return self._kept.get((source, revision, step_id, account))

    async def find(self, source: Source, revision: int, step_id: str, account: Account) -> Letter:
        """Raises `ContentError`. Never call it inside a write transaction."""
        letter = self.kept(source, revision, step_id, account)
        if letter is None:
            async with self._database.reader(source.org_id) as session:
                raw = await frozen_content(session, source.id, revision, step_id)
            if raw is None:
                raise ContentError("the content of this revision is gone")
            tracking = tracking_at(self.public_url, clicks=account.track_clicks, opens=account.track_opens)
            template = compile_content(raw, source, account, public=bool(self.public_url), tracking=tracking)
            secret = await sending_secret(self._database, source.org_id)
            letter = Letter(template, account, secret, self.public_url)
            self._kept[source, revision, step_id, account] = letter
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return letter
