"""openapi.yaml against a running sandbox: whatever fits the document, or does not, is answered as the document says."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import requests
import schemathesis
from document import PATH, operations
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks as common
from schemathesis.specs.openapi import checks as of_openapi

from ropo_jobs_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Generator

# Typed in part only
_common: Any = common
_of_openapi: Any = of_openapi
_openapi: Any = schemathesis.openapi
CHECKS = [
    _common.not_a_server_error,
    _of_openapi.status_code_conformance,
    _of_openapi.content_type_conformance,
    _of_openapi.response_headers_conformance,
    _of_openapi.response_schema_conformance,
]
BOUNDED = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    found = [result.ok() for result in _openapi.from_path(PATH).get_all_operations()]
    return {operation.label: operation for operation in found}


@pytest.fixture
def sandbox() -> Generator[Sandbox]:
    with Sandbox(today=date(2026, 11, 22)) as running:
        for billnum in ("11213", "R123467"):
            running.add_example_job(billnum=billnum, custnum="1022", ordernumber=10232, govid="131052-308T")
        yield running


@pytest.fixture
def session(sandbox: Sandbox) -> Generator[requests.Session]:
    with requests.Session() as found:
        login = {"cid": sandbox.cid, "apicode": sandbox.apicode}
        token = found.post(f"{sandbox.base_url}/token", json=login, timeout=10).json()["token"]
        found.headers["Authorization"] = f"Bearer {token}"
        yield found


def test_the_schema_has_every_operation(api: dict[str, Any]) -> None:
    assert sorted(api) == sorted(operations())


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", operations())
def test_the_sandbox_answers_as_the_document_says(
    name: str, mode: Any, api: dict[str, Any], sandbox: Sandbox, session: requests.Session
) -> None:
    operation = api[name]
    statuses: set[int] = set()

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        response = case.call_and_validate(base_url=sandbox.base_url, session=session, checks=CHECKS, timeout=10)
        statuses.add(response.status_code)

    check()
    assert statuses
    # What does not fit the document may come with a wrong token, too.
    assert mode is schemathesis.GenerationMode.NEGATIVE or 401 not in statuses


@pytest.mark.parametrize("name", operations())
def test_without_a_token_it_is_401(name: str, api: dict[str, Any], sandbox: Sandbox) -> None:
    if name == "POST /token":
        return

    @settings(BOUNDED, max_examples=2)
    @given(case=api[name].as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE))
    def check(case: Any) -> None:
        headers = {"Authorization": "Bearer unknown"}
        response = case.call_and_validate(base_url=sandbox.base_url, headers=headers, checks=CHECKS, timeout=10)
        assert response.status_code == 401

    check()
