"""Every error answer is made here: `application/problem+json`, whatever was raised.

Foreign exceptions are translated by type. An answer never repeats what was sent, and a log line of ours
has neither bodies nor local variables.
"""

import json
import traceback
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import IntegrityError

from backend.problem_paths import sent_path
from contract.problems import (
    MEDIA_TYPE,
    ConflictError,
    FieldError,
    ForbiddenError,
    InternalError,
    InvalidError,
    MissingError,
    ProblemError,
    TooLargeError,
    UnauthenticatedError,
)

log = structlog.get_logger("handbill.backend")

SENT_JSON = "handbill_sent_json"
"""The key in the request's state under which the decoded body is kept, to say where it is wrong."""

MAX_ERRORS = 50
"""No person reads more, and a body of nothing but faults shall not come back larger than it went."""

AnyRequest = Request[Any, Any, Any]
_BY_STATUS: dict[int, type[ProblemError]] = {
    401: UnauthenticatedError,
    403: ForbiddenError,
    404: MissingError,
    413: TooLargeError,
}


def _field_errors(error: ValidationException, sent: Any) -> list[FieldError]:
    """The places from the validator's own errors where it kept them, else from Litestar's summary."""
    details = getattr(error.__cause__, "errors", None)
    if isinstance(details, list):
        return [_from_validator(detail, sent) for detail in details[:MAX_ERRORS]]
    extra = error.extra if isinstance(error.extra, list) else []
    return [
        FieldError(path=str(item.get("key", "")), message="this value is not valid")
        for item in extra
        if isinstance(item, dict)
    ]


def _from_validator(detail: dict[str, Any], sent: Any) -> FieldError:
    location = list(detail.get("loc", ()))
    if location and location[0] == "data":
        location = location[1:]
    message = str(detail.get("msg", "this value is not valid")).removeprefix("Value error, ")
    return FieldError(path=sent_path(location, sent), message=message)


def _from_http(error: HTTPException, request: AnyRequest) -> ProblemError:
    if isinstance(error, ValidationException):
        errors = _field_errors(error, request.scope["state"].get(SENT_JSON))
        first = errors[0] if errors else FieldError(path="", message="The request is not valid.")
        return InvalidError(f"{first.path}: {first.message}".lstrip(": "), errors=errors)
    known = _BY_STATUS.get(error.status_code)
    if known is not None:
        return known()
    return InvalidError(_phrase(error.status_code) if error.status_code != 400 else None)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase


def to_problem(error: Exception, request: AnyRequest) -> ProblemError:
    """The problem an exception stands for."""
    match error:
        case ProblemError():
            return error
        case HTTPException() if error.status_code < 500:
            return _from_http(error, request)
        case IntegrityError():
            return ConflictError("Another request changed the same thing at the same moment.")
        case _:
            return InternalError()


def _log_failure(error: Exception, request: AnyRequest) -> None:
    """Type and places only: a message or a local variable may hold a contact or a password."""
    frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
    log.error(
        "request failed",
        method=request.method,
        path=request.scope["path"],
        error=type(error).__name__,
        frames=frames,
    )


def render(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Any exception as an answer. What is our fault is logged."""
    problem = to_problem(error, request)
    status = problem.status
    if isinstance(error, HTTPException) and error.status_code in (405, 415):
        status = error.status_code
    if status >= 500:
        _log_failure(error, request)
    headers = {}
    if status == 405 and isinstance(error, HTTPException):
        headers["Allow"] = (error.headers or {}).get("allow", "")
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(problem.retry_after)))
    body = problem.problem().model_dump(mode="json") | {"status": status}
    content = json.dumps({name: part for name, part in body.items() if part not in (None, [])}).encode()
    return Response(content=content, status_code=status, media_type=MEDIA_TYPE, headers=headers)
