"""openapi.yaml as a judge of requests, stricter than any server: types as they are written, nothing unknown."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATH = Path(__file__).parents[2] / "openapi.yaml"
_URI = "urn:document"
# What HTTP itself needs, or every client sends.
_COMMON = {"host", "accept", "accept-encoding", "user-agent", "authorization", "content-type", "content-length"}

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or (len(value) == 10 and bool(date.fromisoformat(value)))


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return found


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def operations() -> list[str]:
    return [f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods]


def operation(name: str) -> dict[str, Any]:
    method, path = name.split(" ")
    found: dict[str, Any] = document()["paths"][path][method.lower()]
    return found


def body_schema(name: str) -> dict[str, Any] | None:
    body = resolved(operation(name).get("requestBody", {}))
    schema: dict[str, Any] | None = body.get("content", {}).get("application/json", {}).get("schema")
    return schema


def _violations(schema: dict[str, Any], value: object) -> list[str]:
    empty: Any = Registry
    registry: Any = empty().with_resource(_URI, DRAFT202012.create_resource(document()))
    text = json.dumps(schema).replace('"#/', f'"{_URI}#/')
    validator: Any = Draft202012Validator(json.loads(text), registry=registry, format_checker=_FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The properties of an object, also those that it takes over from others."""
    schema = resolved(schema)
    for part in schema.get("allOf", []):
        yield from properties(part)
    yield from schema.get("properties", {}).items()


def _unknown(schema: dict[str, Any], value: object, where: str) -> Iterator[str]:
    """The fields that the document does not name, where it names any."""
    schema = resolved(schema)
    for alternative in schema.get("oneOf", []):
        if "$ref" in alternative:
            schema = resolved(alternative)
    if isinstance(value, list):
        for i, entry in enumerate(cast("list[object]", value)):
            yield from _unknown(schema.get("items", {}), entry, f"{where}[{i}]")
    elif isinstance(value, dict):
        known = dict(properties(schema))
        for name, entry in cast("dict[str, object]", value).items():
            if name in known:
                yield from _unknown(known[name], entry, f"{where}.{name}")
            elif schema.get("additionalProperties") is not True:
                yield f"{where}.{name} is not in the document"


def complaints(name: str, query: list[tuple[str, str]], headers: Mapping[str, str], body: bytes) -> list[str]:
    """What is wrong with a request, by the document."""
    asked = operation(name)
    found: list[str] = []
    parameters = [resolved(parameter) for parameter in asked.get("parameters", [])]
    places: dict[str, dict[str, str]] = {"query": dict(query), "header": {k.lower(): v for k, v in headers.items()}}
    if len(places["query"]) != len(query):
        found.append("a parameter is there twice")
    for parameter in parameters:
        given = places[parameter["in"]]
        key = parameter["name"] if parameter["in"] == "query" else parameter["name"].lower()
        if key not in given:
            found += [f"{key} is missing"] if parameter.get("required") else []
            continue
        text = given.pop(key)
        whole = parameter["schema"]["type"] == "integer" and re.fullmatch(r"-?[0-9]+", text)
        found += [f"{key}: {error}" for error in _violations(parameter["schema"], int(text) if whole else text)]
    found += [f"parameter {key} is not in the document" for key in places["query"]]
    found += [f"header {key} is not in the document" for key in places["header"].keys() - _COMMON]
    if asked.get("security") and not places["header"].get("authorization", "").startswith("Bearer "):
        found.append("there is no bearer token")
    schema = body_schema(name)
    if schema is None:
        return found + (["there is a body"] if body or "content-type" in places["header"] else [])
    if places["header"].get("content-type") != "application/json":
        found.append("the body is not application/json")
    parsed = json.loads(body)
    return [*found, *_violations(schema, parsed), *_unknown(schema, parsed, "body")]
