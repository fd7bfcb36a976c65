"""Handlers as this API has them: 200 on every success, and problems as the answer to every error."""

from functools import partial

import litestar
from litestar.openapi.datastructures import ResponseSpec

from contract.problems import MEDIA_TYPE, Problem

_MEANINGS = {
    400: "The request is not valid; `errors` names the places.",
    401: "Not signed in.",
    403: "Your role does not allow this.",
    404: "There is nothing here, or it belongs to another organisation.",
    409: "It does not fit the present state; `code` says how, `current` is the row as it is.",
    413: "The request is too large.",
    429: "Too many requests; `Retry-After` says when to come back.",
    500: "Something went wrong on the server.",
}
PROBLEMS = {
    status: ResponseSpec(Problem, generate_examples=False, description=words, media_type=MEDIA_TYPE)
    for status, words in _MEANINGS.items()
}

get = partial(litestar.get, responses=PROBLEMS)
post = partial(litestar.post, status_code=200, responses=PROBLEMS)
patch = partial(litestar.patch, responses=PROBLEMS)
delete = partial(litestar.delete, status_code=200, responses=PROBLEMS)
