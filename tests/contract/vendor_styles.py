"""Writes an OpenAPI document anew in another style and order, which changes nothing of what it means."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any, cast

import yaml

Json = dict[str, Any]

# Lists in which the order says nothing.
_SETS = frozenset({"parameters", "required", "enum", "type", "oneOf", "anyOf", "allOf", "tags", "x-domain", "security"})


def restyle(document: Json, seed: int, *, as_3_0: bool) -> Json:
    """Return the same document, written otherwise."""
    random = Random(seed)
    styled = copy.deepcopy(document)
    for schema in schemas_in(styled):
        _another_form(schema, random)
    _inline(styled, styled, random)
    styled = _rename(styled)
    if as_3_0:
        styled["openapi"] = "3.0.3"
        for schema in schemas_in(styled):
            _to_3_0(schema)
    return cast("Json", _shuffle(styled, random))


def write(document: Json, *, as_yaml: bool, seed: int) -> str:
    """Write a document as a file has it."""
    if as_yaml:
        return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, default_flow_style=bool(seed % 2))
    return json.dumps(document, indent=seed % 3 or None)


def schemas_in(document: Json) -> list[Json]:
    """Return every schema of a document, the inner ones first."""
    found: list[Json] = []

    def schema(node: Json) -> None:
        children = [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]
        for child in (*children, *node.get("allOf", ()), *node.get("oneOf", ()), *node.get("anyOf", ())):
            schema(child)
        found.append(node)

    def walk(node: object) -> None:
        for child in cast("list[object]", node) if isinstance(node, list) else ():
            walk(child)
        for key, child in cast("Json", node).items() if isinstance(node, dict) else ():
            if key == "schema":
                schema(child)
            elif key not in {"example", "examples", "schemas"}:
                walk(child)

    for named in document["components"].get("schemas", {}).values():
        schema(named)
    walk(document)
    return found


def _types(schema: Json) -> list[str]:
    said = schema.get("type")
    return cast("list[str]", said) if isinstance(said, list) else []


def _another_form(schema: Json, random: Random) -> None:
    types = _types(schema)
    if "null" in types and len(types) == 2 and random.random() < 0.5:
        said = {key: schema.pop(key) for key in list(schema) if key not in {"description", "example", "default"}}
        said["type"] = next(one for one in types if one != "null")
        schema[random.choice(["oneOf", "anyOf"])] = [said, {"type": "null"}]
    elif "properties" in schema and "allOf" not in schema and random.random() < 0.3:
        names = list(schema["properties"])
        half = {name: schema["properties"].pop(name) for name in names[: len(names) // 2]}
        part: Json = {"type": "object", "properties": half}
        if required := [name for name in schema.get("required", []) if name in half]:
            part["required"] = required
            schema["required"] = [name for name in schema["required"] if name not in half]
        schema["allOf"] = [part]
    elif "$ref" in schema and len(schema) == 1 and random.random() < 0.3:
        schema["allOf"] = [{"$ref": schema.pop("$ref")}]


def _inline(document: Json, node: object, random: Random) -> None:
    """Put what a reference names in its place, here and there."""
    if isinstance(node, dict):
        found = cast("Json", node)
        reference = found.get("$ref")
        if isinstance(reference, str) and random.random() < 0.3:
            target: Any = document
            for name in reference[2:].split("/"):
                target = target[name]
            found.pop("$ref")
            found.update(copy.deepcopy(target))
        for child in list(found.values()):
            _inline(document, child, random)
    elif isinstance(node, list):
        for child in cast("list[object]", node):
            _inline(document, child, random)


def _rename(document: Json) -> Json:
    text = json.dumps(document)
    for kind in ("schemas", "parameters", "responses", "requestBodies", "headers"):
        for name in document["components"].get(kind, {}):
            text = text.replace(f'"#/components/{kind}/{name}"', f'"#/components/{kind}/App.Model~1{name}%20V2"')
    renamed: Json = json.loads(text)
    for kind in ("schemas", "parameters", "responses", "requestBodies", "headers"):
        if kind in renamed["components"]:
            named = renamed["components"][kind].items()
            renamed["components"][kind] = {f"App.Model/{name} V2": value for name, value in named}
    return renamed


def _to_3_0(schema: Json) -> None:
    if types := _types(schema):
        left = [one for one in types if one != "null"]
        schema["nullable"] = "null" in types
        schema["type"] = left[0]
        if len(left) > 1:
            del schema["type"]
            schema["anyOf"] = [{"type": one} for one in left]
    for keyword in ("oneOf", "anyOf"):
        alternatives = schema.get(keyword, [])
        if {"type": "null"} in alternatives:
            alternatives.remove({"type": "null"})
            schema["nullable"] = True
            if len(alternatives) == 1:
                schema.setdefault("allOf", []).extend(schema.pop(keyword))
    if schema.get("contentEncoding") == "base64":
        del schema["contentEncoding"]
        schema["format"] = "byte"


def _shuffle(node: object, random: Random, key: str = "") -> object:
    if isinstance(node, dict):
        items = list(cast("Json", node).items())
        random.shuffle(items)
        return {name: _shuffle(value, random, name) for name, value in items}
    if isinstance(node, list):
        values = [_shuffle(value, random) for value in cast("list[object]", node)]
        if key in _SETS:
            random.shuffle(values)
        return values
    return node
