"""What openapi.yaml says, through its references."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch")

Json = dict[str, Any]


class GenerationError(Exception):
    """The document, the generator or the templates do not fit together."""


def resolve(document: Json, node: Json) -> Json:
    """Follow a local reference."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def operations(document: Json) -> list[tuple[str, str, Json]]:
    """List (method, path, operation) in the order of the document."""
    return [
        (method, path, item[method]) for path, item in document["paths"].items() for method in METHODS if method in item
    ]


def models(document: Json) -> dict[str, Json]:
    """Name the component schemas that are objects, for which a model must be generated."""
    schemas: dict[str, Json] = document["components"]["schemas"]
    return {name: schema for name, schema in schemas.items() if schema.get("type") == "object" or "allOf" in schema}


def successes(document: Json, operation: Json) -> dict[str, Json]:
    return {
        str(status): resolve(document, response)
        for status, response in operation["responses"].items()
        if str(status).startswith("2")
    }


def success_schema(document: Json, operation: Json) -> Json:
    """Return the schema of an operation's JSON response, or {} where it has none."""
    for response in successes(document, operation).values():
        if media := response.get("content", {}).get("application/json"):
            return resolve(document, media["schema"])
    return {}


def list_at(document: Json, operation: Json) -> list[str]:
    """Return the names under which the list of a response stands, `x-list-at`; none where it is to be found."""
    at: list[str] = success_schema(document, operation).get("x-list-at", [])
    return at


def arguments(schema: Json) -> dict[str, str]:
    """Return what models call the properties whose own name would mislead, `x-argument`."""
    parts = [schema, *(part for part in schema.get("allOf", []) if "$ref" not in part)]
    properties = [item for part in parts for item in part.get("properties", {}).items()]
    return {name: value["x-argument"] for name, value in properties if "x-argument" in value}


def walk(document: Json, schema: Json, names: Iterable[str]) -> list[Json]:
    """Return the schemas to which the names of properties lead, through `$ref`, `anyOf`, and the items of lists."""
    found = [schema]
    for name in (*names, None):
        # What is appended is looked at too.
        found = [resolve(document, one) for one in found]
        for one in found:
            parts = [*one.get("anyOf", []), *one.get("oneOf", []), *one.get("allOf", [])]
            if name is not None and "items" in one:
                parts.append(one["items"])
            found += [resolve(document, part) for part in parts]
        if name is not None:
            found = [one["properties"][name] for one in found if name in one.get("properties", {})]
    return found
