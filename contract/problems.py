"""What can go wrong on the wire, once, for both halves.

    ProblemError
    |- InvalidError        400 invalid        (errors name the place)
    |- KeyReusedError      400 key_reused
    |- UnauthenticatedError 401 unauthenticated
    |- ForbiddenError      403 forbidden
    |- MissingError        404 not_found
    |- ConflictError       409
    |  |- StaleWriteError       stale_write   (carries `current`)
    |  |- LockedError           locked
    |  |- BadTransitionError    bad_transition
    |  |- SegmentMissingError   segment_missing
    |  |- ApprovalRequiredError approval_required
    |  |- PlanDriftedError      plan_drifted
    |  |- AudienceDriftedError  audience_drifted
    |  |- NotReadyError         not_ready     (errors list what lint refuses)
    |  |- IdTakenError          id_taken
    |  |- EmailTakenError       email_taken
    |  |- CursorExpiredError    cursor_expired
    |  `- RewoundError          rewound
    |- TooLargeError       413 too_large
    |- ThrottledError      429 throttled      (carries `retry_after`)
    `- InternalError       500 internal

A class carries `status` and `code`; the first line of its docstring is the default `detail`.
The backend raises them anywhere and renders them in one place; the client turns an answer back into one.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One fault in the request: `path` points into the sent JSON, such as `blocks.3.href`."""

    path: str
    message: str


class Problem(BaseModel):
    """The body of every error answer (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = Field(default_factory=list)
    current: dict[str, Any] | None = None


class ProblemError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        errors: list[FieldError] | None = None,
        current: dict[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.detail = detail or (type(self).__doc__ or "").splitlines()[0]
        self.errors = errors or []
        self.current = current
        self.retry_after = retry_after
        super().__init__(self.detail)

    def problem(self) -> Problem:
        """The answer's body."""
        return Problem(
            title=self.title,
            status=self.status,
            detail=self.detail,
            code=self.code,
            errors=self.errors,
            current=self.current,
        )


class InvalidError(ProblemError):
    """The request is not valid."""

    status, code, title = 400, "invalid", "Invalid request"

    @classmethod
    def at(cls, path: str, message: str) -> "InvalidError":
        """A single fault at one place."""
        return cls(f"{path}: {message}", errors=[FieldError(path=path, message=message)])


class KeyReusedError(InvalidError):
    """This Idempotency-Key was used for another request."""

    code = "key_reused"


class UnauthenticatedError(ProblemError):
    """Sign in to go on."""

    status, code, title = 401, "unauthenticated", "Not signed in"


class ForbiddenError(ProblemError):
    """Your role does not allow this."""

    status, code, title = 403, "forbidden", "Not allowed"


class MissingError(ProblemError):
    """There is nothing here."""

    status, code, title = 404, "not_found", "Not found"


class ConflictError(ProblemError):
    """The request does not fit the present state."""

    status, code, title = 409, "conflict", "Conflict"


class StaleWriteError(ConflictError):
    """Someone changed this in the meantime."""

    code = "stale_write"


class LockedError(ConflictError):
    """This can no longer be edited."""

    code = "locked"


class BadTransitionError(ConflictError):
    """This cannot be done in the present status."""

    code = "bad_transition"


class SegmentMissingError(ConflictError):
    """Choose a segment first: without one nobody is mailed."""

    code = "segment_missing"


class ApprovalRequiredError(ConflictError):
    """A second person must approve this first."""

    code = "approval_required"


class PlanDriftedError(ConflictError):
    """The numbers moved since the plan was made; look at it again."""

    code = "plan_drifted"


class AudienceDriftedError(ConflictError):
    """The audience changed since you looked at it; review it again."""

    code = "audience_drifted"


class NotReadyError(ConflictError):
    """This cannot be sent yet."""

    code = "not_ready"


class IdTakenError(ConflictError):
    """This id is in use."""

    code = "id_taken"


class EmailTakenError(ConflictError):
    """A contact with this address exists already."""

    code = "email_taken"


class CursorExpiredError(ConflictError):
    """This cursor is too old; start again from the beginning."""

    code = "cursor_expired"


class RewoundError(ConflictError):
    """The server was restored to an older state."""

    code = "rewound"


class TooLargeError(ProblemError):
    """The request is too large."""

    status, code, title = 413, "too_large", "Too large"


class ThrottledError(ProblemError):
    """Too many requests; wait a moment."""

    status, code, title = 429, "throttled", "Too many requests"


class InternalError(ProblemError):
    """Something went wrong on the server. Nothing was changed."""


def _classes(root: type[ProblemError]) -> list[type[ProblemError]]:
    return [root, *(deeper for child in root.__subclasses__() for deeper in _classes(child))]


def error_from(problem: Problem, retry_after: float | None = None) -> ProblemError:
    """The exception a received problem stands for: by `code`, else by `status`."""
    known = _classes(ProblemError)[1:]
    by_code = next((c for c in known if c.code == problem.code), None)
    by_status = next((c for c in known if c.status == problem.status), InternalError)
    return (by_code or by_status)(
        problem.detail, errors=problem.errors, current=problem.current, retry_after=retry_after
    )
