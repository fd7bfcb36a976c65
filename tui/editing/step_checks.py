"""What is wrong with the mails of a sequence; a mail that did not change is not looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contract.blocks import load_document
from render_preview.lint import lint

if TYPE_CHECKING:
    from contract.blocks import Document

Json = dict[str, Any]


class StepChecks:
    """Remembers each step's mail by the step's id."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Json, Document | None, int]] = {}

    def load(self, step: Json) -> Document | None:
        """The mail as a model; None where it cannot be read."""
        return self._look(step)[1]

    def errors(self, step: Json) -> int:
        """How many faults keep the mail from being sent."""
        return self._look(step)[2]

    def _look(self, step: Json) -> tuple[Json, Document | None, int]:
        mail: Json = step.get("contentJson") or {}
        known = self._known.get(step["id"])
        if known is None or known[0] is not mail:
            known = self._known[step["id"]] = self._fresh(mail)
        return known

    @staticmethod
    def _fresh(mail: Json) -> tuple[Json, Document | None, int]:
        try:
            document = load_document(mail)
        except ValueError:
            return mail, None, 1
        return mail, document, sum(finding.level == "error" for finding in lint(document))
