"""Requests checked against a document: parameters, bodies, and numbers as lenient as PHP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ropo_jobs_client.api import OPERATIONS
from ropo_jobs_sandbox import SandboxError
from ropo_jobs_sandbox.answers import Refusal
from ropo_jobs_sandbox.contract import Call, Contract, document_path, load_contract

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/things": {
            "parameters": [{"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}}],
            "post": {
                "security": [{"bearerAuth": []}],
                "parameters": [
                    {"$ref": "#/components/parameters/Kind"},
                    {"name": "X-Day", "in": "header", "required": True, "schema": {"type": "string", "format": "date"}},
                ],
                "requestBody": {"$ref": "#/components/requestBodies/Thing"},
            },
        }
    },
    "components": {
        "parameters": {"Kind": {"name": "kind", "in": "query", "schema": {"enum": [0, 1, "all"]}}},
        "requestBodies": {
            "Thing": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
            }
        },
        "schemas": {
            "Thing": {
                "type": "object",
                "required": ["day"],
                "properties": {
                    "day": {"type": "string", "format": "date"},
                    "count": {"type": ["integer", "null"]},
                    "percent": {"type": "number", "minimum": 0, "maximum": 100},
                    "parts": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Part"}},
                },
            },
            "Part": {"type": "object", "properties": {"name": {"type": "string"}}},
        },
    },
}
CONTRACT = Contract(DOCUMENT)
HEADERS = {"content-type": "application/json; charset=utf-8", "x-day": "2026-11-22"}


def check(body: object = None, query: str = "", headers: dict[str, str] | None = None) -> Call:
    raw = body if isinstance(body, bytes) else json.dumps(body or {"day": "2026-11-22"}).encode()
    return CONTRACT.check(CONTRACT.operations[0], query, HEADERS if headers is None else headers, raw)


def refusal(*args: Any, **options: Any) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        check(*args, **options)
    return caught.value.answer.status, caught.value.reason


@pytest.mark.parametrize(
    "fields",
    [
        {"count": 3},
        {"count": "3"},
        {"count": None},
        {"count": 3.0},
        {"percent": 25.5},
        {"percent": "25.50"},
        {"percent": "100"},
        {"unknown": {"a": [1]}},
        {"parts": [{}, {"name": "x", "more": 1}]},
    ],
)
def test_bodies_that_fit(fields: dict[str, Any]) -> None:
    assert check({"day": "2026-11-22", **fields}).body["day"] == "2026-11-22"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"count": 1}, "day: required"),
        ({"day": "2026-02-30"}, 'day: "2026-02-30" is not a date (YYYY-MM-DD)'),
        ({"day": "20260228"}, "day:"),
        ({"day": 5}, "day: 5 is not string"),
        ({"day": "2026-11-22", "count": "3.5"}, 'count: "3.5" is not integer or null'),
        ({"day": "2026-11-22", "count": True}, "count: true is not integer or null"),
        ({"day": "2026-11-22", "percent": "1,5"}, 'percent: "1,5" is not number'),
        ({"day": "2026-11-22", "percent": ""}, 'percent: "" is not number'),
        ({"day": "2026-11-22", "percent": "100.01"}, 'percent: "100.01" is not at most 100'),
        ({"day": "2026-11-22", "percent": -1}, "percent: -1 is not at least 0"),
        ({"day": "2026-11-22", "percent": -0.5}, "percent: -0.5 is not at least 0"),
        ({"day": "2026-11-22", "parts": []}, "parts: [] should be non-empty"),
        ({"day": "2026-11-22", "parts": [{}, {"name": 5}]}, "parts[1].name: 5 is not string"),
        ([1], "the body: [1] is not object"),
        (b'"text"', 'the body: "text" is not object'),
    ],
)
def test_bodies_that_do_not_fit(body: object, text: str) -> None:
    status, reason = refusal(body)
    assert (status, reason[: len(text)]) == (400, text)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_bodies_that_are_not_json(body: bytes) -> None:
    status, reason = refusal(body)
    assert status == 400
    assert reason.startswith("The body is not")


def test_a_long_value_is_cut_in_the_text() -> None:
    _, reason = refusal({"day": "x" * 10_000})
    assert len(reason) < 300


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("page=0", 'page: "0" is not at least 1'),
        ("page=x", 'page: "x" is not integer'),
        ("page=", "page: must not be empty"),
        ("page=1&page=1", "page: given more than once"),
        ("kind=2", 'kind: "2" is none of 0, 1, "all"'),
        ("nope=1", "nope: there is no such parameter (of kind, page)"),
        ("page=%FF", "The query string can't be read as UTF-8 names and values"),
    ],
)
def test_parameters_that_do_not_fit(query: str, text: str) -> None:
    assert refusal(query=query) == (400, text)


@pytest.mark.parametrize("query", ["page=1", "kind=1", "kind=all", "page=%201&kind=0"])
def test_parameters_that_fit(query: str) -> None:
    assert check(query=query).query


def test_header_parameters() -> None:
    without = {"content-type": "application/json"}
    assert refusal(headers=without) == (400, "X-Day: required")
    assert refusal(headers={**without, "x-day": "today"}) == (400, 'X-Day: "today" is not a date (YYYY-MM-DD)')


def test_the_media_type() -> None:
    wrong = {**HEADERS, "content-type": "text/plain"}
    assert refusal(headers=wrong) == (415, "POST /things takes application/json, not text/plain")
    assert refusal(headers={**HEADERS, "content-type": "<b>"})[1].endswith("not no media type")


def test_what_the_document_does_not_have() -> None:
    for method, path, status in [("POST", "/nothing", 404), ("GET", "/things", 405), ("post", "/things/", 404)]:
        with pytest.raises(Refusal) as caught:
            CONTRACT.identify(method, path)
        assert caught.value.answer.status == status
    assert CONTRACT.identify("POST", "/things").name == "POST /things"


def test_the_document_of_the_project() -> None:
    contract = load_contract(document_path())
    assert contract is load_contract(document_path())
    assert [operation.name for operation in contract.operations] == list(OPERATIONS)
    assert [operation.name for operation in contract.operations if not operation.secured] == ["POST /token"]


def test_a_document_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="can't read"):
        load_contract(tmp_path / "missing.yaml")
    for number, text in enumerate(["[", "5", "paths: 5", "{}"]):
        path = tmp_path / f"{number}.yaml"
        path.write_text(text)
        with pytest.raises(SandboxError, match="not an OpenAPI document"):
            load_contract(path)


def test_which_of_them_names_a_job_is_read_from_the_document() -> None:
    names = ["x", "y"]
    query = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in names]
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    paths = {
        "/asked": {"get": {"x-one-of": names, "parameters": query}},
        "/sent": {"post": {"x-one-of": names, "requestBody": body}},
    }
    contract = Contract({"openapi": "3.1.0", "paths": paths})
    asked, sent = contract.identify("GET", "/asked"), contract.identify("POST", "/sent")
    headers = {"content-type": "application/json"}
    assert contract.check(asked, "x=1", {}, b"").selector() == "x"
    assert contract.check(sent, "", headers, b'{"x": "", "y": "1"}').selector() == "y"
    for call, count in (
        (contract.check(asked, "", {}, b""), 0),
        (contract.check(asked, "x=1&y=2", {}, b""), 2),
        (contract.check(sent, "", headers, b'{"x": "1", "y": "2"}'), 2),
    ):
        with pytest.raises(Refusal) as caught:
            call.selector()
        assert caught.value.reason == f"Exactly one of x, y is required, not {count}"
