"""The steps of a sequence as data, and the rules for people when steps change under them.

Nothing moves by itself: everyone goes on waiting for the step they wait for. Its delay counts from when they
began to wait, so a shorter one may be over already and a longer one counts in whole. If the step was deleted,
they wait for the next one that is left. After a step comes the first one behind it, in the present order,
that they did not get yet: so a reordered sequence finishes what was entered and repeats nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """`delay` after the step before it."""

    id: str
    delay: timedelta
    content: Mapping[str, Any]


Steps = Sequence[Step]


def read_steps(steps_json: Mapping[str, Any]) -> list[Step]:
    """As stored in a draft or a revision."""
    return [
        Step(step["id"], timedelta(hours=step["delayHours"]), step["contentJson"])
        for step in steps_json["steps"]
    ]


def find_step(steps: Steps, step_id: str | None) -> Step | None:
    """The step with this id."""
    return next((step for step in steps if step.id == step_id), None)


def landing(old: Steps, new: Steps, step_id: str) -> Step | None:
    """Where someone who waits for this old step waits in the new list; None if nothing is left."""
    kept = {step.id: step for step in new}
    if step_id in kept:
        return kept[step_id]
    ids = [step.id for step in old]
    behind = ids[ids.index(step_id) + 1 :] if step_id in ids else []
    return next((kept[later] for later in behind if later in kept), None)


def following(steps: Steps, step_id: str, received: Collection[str]) -> Step | None:
    """What comes after this step for someone who got these already; None at the end."""
    ids = [step.id for step in steps]
    behind = steps[ids.index(step_id) + 1 :] if step_id in ids else []
    return next((step for step in behind if step.id not in received), None)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a draft differs from what is published."""

    added: int
    removed: int
    changed: int
    moved: bool


def compare(old: Steps, new: Steps) -> Difference:
    """Steps are told apart by their ids."""
    before = {step.id: step for step in old}
    after = {step.id: step for step in new}
    kept_before = [step.id for step in old if step.id in after]
    kept_after = [step.id for step in new if step.id in before]
    return Difference(
        added=len(after.keys() - before.keys()),
        removed=len(before.keys() - after.keys()),
        changed=sum(before[step_id] != after[step_id] for step_id in kept_after),
        moved=kept_before != kept_after,
    )
