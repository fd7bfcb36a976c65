"""What a screen must expect when it asks for something beyond this computer.

    ServiceError             a sentence for the person
    |- OfflineError          the server cannot be reached; drafts are safe here
    |- SignedOutError        sign in again
    |- RefusedError          the server said no; `problem` has code, places and the current row
    `- NotSavedError         this computer could not store it (disk full, read-only)

Light on purpose: screens import it before the first paint.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract.problems import ProblemError


class ServiceError(Exception):
    """Something could not be done."""


class OfflineError(ServiceError):
    """The server cannot be reached. Drafts are safe on this computer."""

    def __init__(
        self, detail: str = "The server cannot be reached; drafts are safe on this computer."
    ) -> None:
        super().__init__(detail)


class SignedOutError(ServiceError):
    """The session has ended."""

    def __init__(self, detail: str = "The session has ended. Sign in again; drafts are safe here.") -> None:
        super().__init__(detail)


class RefusedError(ServiceError):
    """The server refused it."""

    def __init__(self, problem: "ProblemError") -> None:
        super().__init__(problem.detail)
        self.problem = problem


class NotSavedError(ServiceError):
    """It could not be stored on this computer."""
