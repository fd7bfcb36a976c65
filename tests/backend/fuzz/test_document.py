"""Random requests made from the OpenAPI document, valid and not: every answer is one the document allows."""

from collections.abc import Callable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.backend.fuzz.conftest import ROUNDS

ENDLESS = "/api/events"
ENDS_THE_SESSION = "/api/auth/logout"
NOT_CHECKED = [positive_data_acceptance, negative_data_rejection]
"""That whatever fits the schemas is accepted is not so: a key may be used for another request, a moment may
have passed. Every example of the document is sent in tests/backend/matrix.
"""
TOO_LARGE = 413
"""A refusal like any other, which the fuzzer's own list of refusals leaves out."""


def invalid_is_refused(ctx: Any, response: Any, case: schemathesis.Case) -> bool | None:
    return None if response.status_code == TOO_LARGE else negative_data_rejection(ctx, response, case)


CHECKED = [invalid_is_refused]

api = schemathesis.pytest.from_fixture("api_schema").exclude(path=[ENDLESS, ENDS_THE_SESSION])


@api.parametrize()
@settings(
    max_examples=4 * ROUNDS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_in_the_document(case: schemathesis.Case, token: str) -> None:
    """The fuzzer's own checks: no 500, no status, media type, header or body that is not described."""
    case.call_and_validate(
        headers={"Authorization": f"Bearer {token}"}, excluded_checks=NOT_CHECKED, additional_checks=CHECKED
    )


def test_what_was_deleted_stays_gone(
    linked_schema: schemathesis.BaseSchema, empty_token: Callable[[], str]
) -> None:
    """Along the links, in any order: whatever was deleted is found by no later request."""

    class Story(linked_schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            self.token = empty_token()  # each story begins with nothing
            self.gone: set[str] = set()

        def get_call_kwargs(self, case: schemathesis.Case) -> dict[str, Any]:
            del case
            return {"headers": {"Authorization": f"Bearer {self.token}"}}

        def validate_response(self, response: Any, case: schemathesis.Case, **kwargs: Any) -> None:
            case.validate_response(
                response,
                excluded_checks=NOT_CHECKED,
                additional_checks=CHECKED,
                transport_kwargs=kwargs,
            )
            if case.formatted_path in self.gone:
                assert response.status_code >= 400, f"{case.method} {case.formatted_path} was deleted before"
            elif case.method == "DELETE" and response.status_code == 200 and case.path.endswith("}"):
                self.gone.add(case.formatted_path)

    Story.run(
        settings=settings(
            max_examples=3 * ROUNDS,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
    )
