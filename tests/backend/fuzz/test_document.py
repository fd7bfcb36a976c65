"""Random requests made from the OpenAPI document, valid and not: every answer is one the document allows."""

import os

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

EXAMPLES = 8 * max(1, int(os.environ.get("HANDBILL_SEEDS", "1")) // 10)
ENDLESS = "/api/events"
ENDS_THE_SESSION = "/api/auth/logout"

api = schemathesis.pytest.from_fixture("api_schema").exclude(path=[ENDLESS, ENDS_THE_SESSION])


@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_in_the_document(case: schemathesis.Case, token: str) -> None:
    """The fuzzer's own checks: no 500, no status, media type, header or body that is not described.

    That whatever fits the schemas is accepted is not so, and not checked: a key may be used for another
    request, a moment may have passed. Every example of the document is sent in tests/backend/matrix.
    """
    headers = {"Authorization": f"Bearer {token}"}
    case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
