"""What the steps of a sequence are called where one looks at its people or its mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstore.records import DocKind

if TYPE_CHECKING:
    from tui.services import Services


def step_names(services: Services, id: str) -> dict[str, str]:
    """By id: the place and the subject, as they are in the draft."""
    draft = services.drafts.get(DocKind.SEQUENCE, id)
    steps = (draft.content.get("steps") or []) if draft else []
    return {
        step["id"]: f"{n}. {(step.get('contentJson') or {}).get('subject') or '(no subject)'}"
        for n, step in enumerate(steps, start=1)
    }
