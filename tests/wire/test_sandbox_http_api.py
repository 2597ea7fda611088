"""`/_sandbox` and its OpenAPI document: they say the same, and no request makes it answer 500."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openapi_spec_validator
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks as common
from schemathesis.specs.openapi import checks as of_openapi

import ropo_jobs_sandbox
from ropo_jobs_sandbox import Sandbox
from ropo_jobs_sandbox.faults import KINDS
from ropo_jobs_sandbox.inspection import routes

if TYPE_CHECKING:
    from collections.abc import Generator

# Typed in part only
_common: Any = common
_of_openapi: Any = of_openapi
_openapi: Any = schemathesis.openapi

PATH = Path(ropo_jobs_sandbox.__file__).with_name("inspection.yaml")
DOCUMENT: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
PAGE = (Path(__file__).parents[2] / "docs" / "sandbox-http.md").read_text(encoding="utf-8")
CHECKS = [
    _common.not_a_server_error,
    _of_openapi.status_code_conformance,
    _of_openapi.content_type_conformance,
    _of_openapi.response_schema_conformance,
]
OPERATIONS = sorted(f"{method.upper()} {path}" for path, item in DOCUMENT["paths"].items() for method in item)


def operation(name: str) -> dict[str, Any]:
    method, path = name.split()
    found: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]
    return found


JSON = {"Content-Type": "application/json"}


@pytest.fixture
def sandbox() -> Generator[Sandbox]:
    with Sandbox(today=date(2026, 11, 22)) as running:
        running.add_example_job(billnum="11213")
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Generator[httpx.Client]:
    with httpx.Client(base_url=sandbox.address, timeout=30) as found:
        yield found


def test_the_document_is_openapi() -> None:
    openapi_spec_validator.validate(DOCUMENT)


def test_the_document_has_every_route() -> None:
    found = {
        f"{method} {route.path.replace(':int', '')}"
        for route in routes(Sandbox())
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert found == set(OPERATIONS)


def test_the_document_has_every_kind_of_fault() -> None:
    assert DOCUMENT["components"]["schemas"]["Kind"]["enum"] == list(KINDS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_documentation_has_every_route(name: str) -> None:
    method, path = name.split()
    assert f"| `{method} /_sandbox{path}` |" in PAGE


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    found = [result.ok() for result in _openapi.from_path(PATH).get_all_operations()]
    return {operation.label: operation for operation in found}


CASES = [
    (name, mode)
    for name in OPERATIONS
    for mode in schemathesis.GenerationMode
    # Where nothing is taken, nothing can be wrong.
    if mode is schemathesis.GenerationMode.POSITIVE or {"parameters", "requestBody"} & operation(name).keys()
]


@pytest.mark.parametrize(("name", "mode"), CASES, ids=lambda value: getattr(value, "value", value))
def test_it_answers_as_the_document_says(name: str, mode: Any, api: dict[str, Any], sandbox: Sandbox) -> None:

    @settings(
        max_examples=15,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(case=api[name].as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        # Where there is no body, the media type says all the same that no page sends it.
        headers = {} if name.startswith("GET") else JSON
        case.call_and_validate(base_url=f"{sandbox.address}/_sandbox", headers=headers, checks=CHECKS, timeout=10)

    check()


DEEP = "[" * 100_000 + "]" * 100_000
ODD = {
    "deep": DEEP,
    "deep, and named": f'{{"operation": "GET /jobs", "kind": "reset", "times": {DEEP}}}',
    "deeper than what is written again": f'{{"operation": "GET /jobs", "kind": "reset", "x": {"[" * 900}{"]" * 900}}}',
    "a lone surrogate": r'{"operation": "\ud800", "kind": "reset"}',
    "a lone surrogate as a name": r'{"\ud800": 1}',
    "a number of 5,000 digits": f'{{"count": {"9" * 5000}, "days": {"9" * 5000}}}',
    "no number": '{"count": NaN, "days": Infinity, "rate": NaN, "size_bytes": -Infinity}',
    "another encoding": '{"days": 1}'.encode("utf-16"),
    "half a character": b'{"billnum": "\xc3"}',
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_no_body_is_its_own_mistake(content: str | bytes, client: httpx.Client) -> None:
    for name in OPERATIONS:
        method, path = name.split()
        if method == "POST":
            response = client.request(method, f"/_sandbox{path}", content=content, headers=JSON)
            assert (response.status_code, list(response.json())) == (400, ["error"]), name


@pytest.mark.parametrize(
    "content",
    [
        r'{"ssn": "131052-308T", "custnum": "\ud800"}',
        r'{"ssn": "\udc80"}',
        f'{{"ssn": "131052-308T", "x": {"[" * 400}{"]" * 400}}}',
        f'{{"ssn": "131052-308T", "x": {"[" * 960}{"]" * 960}}}',
        f'{{"ssn": "131052-308T", "x": {DEEP}}}',
    ],
    ids=["surrogate beside", "surrogate", "deep", "deeper", "deepest"],
)
def test_an_odd_request_can_be_looked_at(content: str, sandbox: Sandbox, client: httpx.Client) -> None:
    login = {"cid": sandbox.cid, "apicode": sandbox.apicode}
    token = client.post("/rest/token", json=login).json()["token"]
    headers = {**JSON, "Authorization": f"Bearer {token}"}
    assert client.post("/rest/jobs/findbyendcustomer", content=content, headers=headers).status_code == 400
    recorded = client.get("/_sandbox/requests")
    assert recorded.status_code == 200
    assert recorded.json()[-1]["operation"] == "POST /jobs/findbyendcustomer"
    for path in ("/requests", f"/requests/{recorded.json()[-1]['number']}"):
        shown = client.get(path)
        assert shown.status_code == 200
        assert "131052-308T" not in shown.text
    assert "131052-308T" not in recorded.text


def test_the_page_shows_the_document(client: httpx.Client) -> None:
    page = client.get("/reference/sandbox")
    assert page.status_code == 200
    assert 'data-document="/reference/sandbox.json"' in page.text
    assert client.get("/reference/sandbox.json").json() == json.loads(json.dumps(DOCUMENT, default=str))
    assert 'href="/reference/sandbox"' in client.get("/reference").text


def test_what_there_is_not(client: httpx.Client) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("GET", "/jobs/x", 404), ("PUT", "/faults", 405)):
        response = client.request(method, f"/_sandbox{path}")
        assert (response.status_code, response.json()) == (status, {"error": f"there is no {method} /_sandbox{path}"})


def test_the_most_changes_in_one_request(client: httpx.Client) -> None:
    answer = client.post("/_sandbox/status-updates", json={"count": 100_001})
    assert (answer.status_code, "at most 100000" in answer.text) == (400, True)
