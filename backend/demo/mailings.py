"""The demo's campaigns: drafts, one that waits for its day, and one that was sent."""

from datetime import datetime, timedelta

from backend.db.models.campaign import Campaign, CampaignRevision
from backend.demo import letters
from backend.demo.audiences import Audiences
from backend.demo.customers import Customer
from backend.demo.past_responses import add_responses
from backend.demo.past_send import SEND_TOOK, add_deliveries
from backend.demo.stage import Stage
from contract.blocks import Document, dump_document
from contract.feed import Kind
from contract.transitions import CampaignStatus

NEXT_LETTER = timedelta(days=8)
WELCOME_DAYS_AGO = 21


async def add_campaigns(stage: Stage, audiences: Audiences, customers: list[Customer]) -> None:
    """The one a person will most likely open is the one that was changed last."""
    await _add_sent(stage, audiences, customers)
    _add_scheduled(stage, audiences)
    _draft(stage, "Autumn catalogue", letters.autumn_catalogue(), created=30, changed=9)
    _draft(stage, "[/] [b Night market 🫖 שוק הלילה", letters.night_market(), created=4, changed=1)
    _draft(stage, "Spring offer", letters.spring_offer(), created=2, changed=0.1)


def _draft(stage: Stage, name: str, content: Document, *, created: float, changed: float) -> Campaign:
    """`created` and `changed` are days ago."""
    made = stage.ago(created)
    row = Campaign(
        id=stage.document_id(made),
        name=name,
        content_json=dump_document(content),
        status=CampaignStatus.DRAFT.value,
        created_at=made,
        updated_at=stage.ago(changed),
    )
    stage.add(Kind.CAMPAIGN, row)
    return row


def _add_scheduled(stage: Stage, audiences: Audiences) -> None:
    row = _draft(stage, "Weekend letter", letters.weekend_letter(), created=6, changed=2)
    row.status = CampaignStatus.SCHEDULED.value
    row.segment_id = audiences.everyone
    row.send_at = _morning(stage.now + NEXT_LETTER)


def _morning(moment: datetime) -> datetime:
    return moment.replace(hour=8, minute=30, second=0, microsecond=0)


async def _add_sent(stage: Stage, audiences: Audiences, customers: list[Customer]) -> None:
    content = letters.welcome_to_the_new_shop()
    row = _draft(stage, "Welcome to the new shop", content, created=25, changed=WELCOME_DAYS_AGO)
    started = stage.ago(WELCOME_DAYS_AGO, hour=9)
    row.status = CampaignStatus.SENT.value
    row.segment_id = audiences.portugal
    row.send_at = row.started_at = started
    row.finished_at = row.updated_at = started + SEND_TOOK
    row.revision = 1
    await stage.session.flush()
    stage.session.add(
        CampaignRevision(campaign_id=row.id, revision=1, content_json=row.content_json, created_at=started)
    )
    at_that_time = [
        c for c in customers if c.person.fields.get("country") == "Portugal" and c.person.created_at < started
    ]
    mails = await add_deliveries(stage, row.id, at_that_time, started)
    await add_responses(stage, content, mails, at_that_time)
