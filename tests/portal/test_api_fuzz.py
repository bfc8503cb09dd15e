"""Whatever is asked of the API, it answers as its own description says: never with a 5xx.

schemathesis makes questions from the description, good and bad ones, and compares each answer. It
asks through WSGI, in this process.
"""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from tests.portal.standing import Portal

from peso.portal.api.routes import api

EXAMPLES = 15
"""Questions for each call and each mode; `make fuzz` makes other ones."""
HEADERS = {"Host": "localhost", "Accept-Encoding": "identity"}
PATHS = {
    path: said
    for path, said in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    if "get" in said
}
"""What is read; what is written is asked with tokens and signatures, in tests of its own."""
GOOD = [(path, GenerationMode.POSITIVE) for path in PATHS]
BAD = [
    # A path alone takes any text: there is no bad question to it.
    (path, GenerationMode.NEGATIVE)
    for path, said in PATHS.items()
    if any(one["in"] == "query" for one in said["get"].get("parameters", ()))
]


@pytest.mark.parametrize(("path", "mode"), [*GOOD, *BAD])
def test_every_answer_is_as_described(portal: Portal, path: str, mode: GenerationMode) -> None:
    assert portal.done.ok
    described = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), headers=HEADERS
    )
    operation = described[path]["GET"]

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(headers=HEADERS)

    ask()
