"""Changes to the steps of a sequence as pure functions on its JSON. A step keeps its id for life."""

from __future__ import annotations

import copy
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from contract.blocks import dump_document, empty_document
from contract.ids import new_block_id
from tui.editing.order import moved

if TYPE_CHECKING:
    from collections.abc import Sequence

Json = dict[str, Any]


def steps_of(content: Json) -> list[Json]:
    """The steps in order."""
    steps: list[Json] = content.get("steps") or []
    return steps


def step_at(content: Json, step_id: str | None) -> Json | None:
    """The step with that id."""
    return next((step for step in steps_of(content) if step["id"] == step_id), None)


def new_step(delay_hours: float) -> Json:
    """An empty mail after a delay."""
    return {"id": new_block_id(), "delayHours": delay_hours, "contentJson": dump_document(empty_document())}


def copied(step: Json) -> Json:
    """The same mail as a step of its own."""
    return copy.deepcopy(step) | {"id": new_block_id()}


def with_step(content: Json, step_id: str, changes: Json) -> Json:
    """One step changed."""
    steps = [step | changes if step["id"] == step_id else step for step in steps_of(content)]
    return content | {"steps": steps}


def inserted(content: Json, after: str | None, step: Json) -> Json:
    """A step put behind another, or at the end."""
    steps = steps_of(content)
    at = next((n for n, known in enumerate(steps, start=1) if known["id"] == after), len(steps))
    return content | {"steps": [*steps[:at], step, *steps[at:]]}


def without(content: Json, step_id: str) -> Json:
    """One step less."""
    return content | {"steps": [step for step in steps_of(content) if step["id"] != step_id]}


def reordered(content: Json, step_id: str, by: int) -> Json:
    """One step moved up (-1) or down (1), with its delay."""
    return content | {"steps": moved(steps_of(content), {step_id}, by)}


def totals(steps: Sequence[Json]) -> list[float]:
    """Hours from entering to each step."""
    return list(accumulate(float(step.get("delayHours") or 0) for step in steps))
