"""The demo's sequences: one that runs, with people at its different steps, and one to be finished."""

from backend.db.models.sequence import Sequence
from backend.db.models.sequence_run import SequenceRevision
from backend.demo import step_letters
from backend.demo.audiences import Audiences
from backend.demo.customers import Customer
from backend.demo.enrolments import add_enrolments
from backend.demo.stage import Stage
from backend.sequence_rules import publish_rules
from backend.sequences.queries import draft_hash
from backend.sequences.service import dump_steps
from contract.feed import Kind
from contract.sequences import StepIn
from contract.transitions import SequenceStatus

RUNNING_FOR_DAYS = 200

FIRST_STEPS = (
    StepIn(id="welcome", delay_hours=0, content_json=step_letters.welcome_team()),
    StepIn(id="brewing", delay_hours=14 * 24, content_json=step_letters.brewing_basics()),
    StepIn(id="crumbs", delay_hours=21 * 24, content_json=step_letters.crumbs_for_meetings()),
    StepIn(id="question", delay_hours=30 * 24, content_json=step_letters.how_is_it_going()),
)
WIN_BACK = (
    StepIn(id="seat", delay_hours=48, content_json=step_letters.miss_you()),
    StepIn(id="cup", delay_hours=0, content_json=step_letters.cup_on_us()),
    StepIn(id="quiet", delay_hours=72, content_json=step_letters.last_word()),
)


async def add_sequences(stage: Stage, audiences: Audiences, customers: list[Customer]) -> None:
    """Nobody in the running one is due for more than a week, so a demo sends nothing by itself."""
    running = _add(stage, "First steps", FIRST_STEPS, audiences.team, days=RUNNING_FOR_DAYS)
    running.status = SequenceStatus.ACTIVE.value
    running.published_revision = 1
    running.published_hash = draft_hash(running)
    publish_rules(running)
    _add(stage, "Win back", WIN_BACK, audiences.lisbon_vips, days=0.5)
    await stage.session.flush()
    stage.session.add(
        SequenceRevision(
            sequence_id=running.id, revision=1, steps_json=running.steps_json, created_at=running.updated_at
        )
    )
    in_team = [customer for customer in customers if customer.person.fields.get("plan") == "team"]
    await add_enrolments(stage, running.id, FIRST_STEPS, in_team, running.updated_at)


def _add(stage: Stage, name: str, steps: tuple[StepIn, ...], segment_id: str, days: float) -> Sequence:
    """A draft, finished `days` ago."""
    made = stage.ago(days + 1)
    row = Sequence(
        id=stage.document_id(made),
        name=name,
        status=SequenceStatus.DRAFT.value,
        segment_id=segment_id,
        steps_json=dump_steps(steps),
        published_revision=0,
        created_at=made,
        updated_at=stage.ago(days),
    )
    stage.add(Kind.SEQUENCE, row)
    return row
