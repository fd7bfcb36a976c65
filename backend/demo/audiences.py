"""The demo's segments."""

from dataclasses import dataclass
from datetime import timedelta

from backend.db.fields import known_fields
from backend.db.models.segment import Segment, SegmentMember
from backend.demo.customers import Customer
from backend.demo.stage import Stage
from contract.contacts import ContactStatus
from contract.feed import Kind
from contract.segment_ast import dump_node
from contract.segment_text import parse

TASTERS = 24


@dataclass(frozen=True, slots=True)
class Audiences:
    """Ids of the segments that mails go to."""

    everyone: str
    portugal: str
    team: str
    lisbon_vips: str


async def add_segments(stage: Stage, customers: list[Customer]) -> Audiences:
    """Filters in the words a person would type."""
    today = stage.now.date()
    due = (today + timedelta(days=31)).isoformat()
    await _add(stage, "Pro customers", "plan = pro", days=300)
    await _add(
        stage, "Renewing within 30 days", f"not renewal before today and renewal before {due}", days=0.2
    )
    await _add(stage, "Read a letter within 60 days", "opened >= 1 within 60d", days=15)
    await _tasting_panel(stage, customers)
    return Audiences(
        everyone=await _add(stage, "Everyone subscribed", "status = subscribed", days=690),
        portugal=await _add(stage, "Customers in Portugal", "country = Portugal", days=60),
        team=await _add(stage, "Team customers", "plan = team", days=240),
        lisbon_vips=await _add(stage, "VIPs in Lisbon", 'vip = true and city = "Lisbon"', days=45),
    )


async def _add(stage: Stage, name: str, text: str, days: float) -> str:
    """Written `days` ago and not changed since."""
    made = stage.ago(days)
    node = parse(text, await known_fields(stage.session))
    row = Segment(
        id=stage.document_id(made), name=name, dsl_json=dump_node(node), created_at=made, updated_at=made
    )
    stage.add(Kind.SEGMENT, row)
    return row.id


async def _tasting_panel(stage: Stage, customers: list[Customer]) -> None:
    """No filter at all: a person picked them one by one."""
    segment_id = await _add(stage, "Tasting panel (picked by hand)", "no_one", days=20)
    await stage.session.flush()
    subscribed = [c.id for c in customers if c.person.status is ContactStatus.SUBSCRIBED]
    picked = stage.random.sample(subscribed, min(TASTERS, len(subscribed)))
    rows = [
        {"segment_id": segment_id, "contact_id": row_id, "source": "include"} for row_id in sorted(picked)
    ]
    await stage.insert_many(SegmentMember, rows)
