"""Schemas in one form, however they are written.

`nullable: true`, a list of types and `oneOf` with null come to the same, so do `const` and an `enum` of one, and what
`allOf` puts together is one object.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from .documents import Document, Node, Place, Unusable, as_list, as_node

Places = tuple[Place, ...]
"""One schema that may stand in several places: a property of two parts of an `allOf` has both."""

_MAX_ALTERNATIVES: Final = 64
_MAX_DEPTH: Final = 32
_LIMITS: Final = {
    "string": ("minLength", "maxLength", "pattern"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("minProperties", "maxProperties"),
}
_KEYWORD_TYPES: Final = {"properties": "object", "additionalProperties": "object", "items": "array"}


@dataclass
class Form:
    """What a schema says of values of one JSON type.

    Attributes:
        path: where it stands.
        values: the only values, each as JSON, or None.
        format: such as `date`, or None.
        limits: such as `maxLength`.
        properties: the schemas of an object's fields.
        required: the fields that must be there.
        is_closed: whether an object may have no other fields.
        others: the schema of other fields, or None.
        items: the schema of a list's items, or None.
    """

    path: str
    values: frozenset[str] | None = None
    format: str | None = None
    limits: dict[str, Any] = field(default_factory=dict[str, Any])
    properties: dict[str, Places] = field(default_factory=dict[str, Places])
    required: set[str] = field(default_factory=set[str])
    is_closed: bool = False
    others: Places | None = None
    items: Places | None = None


@dataclass
class Shape:
    """What a schema says.

    Attributes:
        path: where it stands.
        nullable: whether null may come.
        forms: by JSON type; several where there are alternatives. None where it says nothing of the type.
        default: the value that leaving it out stands for, as JSON, or None.
        deprecated: whether it is to be used no more.
        only: `readOnly` or `writeOnly`, or None.
        words: its description, or None.
    """

    path: str
    nullable: bool
    forms: dict[str, list[Form]] | None
    default: str | None
    deprecated: bool
    only: str | None
    words: str | None


def shape(document: Document, places: Places) -> Shape:
    """Bring a schema to one form."""
    key = tuple((id(place.node), place.path) for place in places)
    if key not in document.shapes:
        # The places are kept with it, so that no other node can get the id of one.
        document.shapes[key] = places, _shape(document, places)
    found: Shape = document.shapes[key][1]
    return found


def _shape(document: Document, places: Places) -> Shape:
    readings = list(_readings(document, places, 0))
    nullable = False
    forms: dict[str, list[Form]] = {}
    says_nothing = False
    for parts in readings:
        types, with_null = _types(parts)
        nullable |= with_null
        says_nothing |= types is None
        for type_ in types or ():
            forms.setdefault(type_, []).append(_form(parts, type_))
    parts = readings[0]
    nodes = [place.node for place in places] + [place.node for place in parts]
    return Shape(
        path=parts[0].path,
        nullable=nullable,
        forms=None if says_nothing else forms,
        default=next((_json(node["default"]) for node in nodes if node.get("default") is not None), None),
        deprecated=any(node.get("deprecated") is True for node in nodes),
        only=next((name for name in ("readOnly", "writeOnly") for node in nodes if node.get(name) is True), None),
        words=next((str(node["description"]) for node in nodes if node.get("description")), None),
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _readings(document: Document, places: Places, depth: int) -> Iterator[Places]:
    """Give each way to read a schema, as the parts that hold together: one way where it has no alternatives."""
    if depth > _MAX_DEPTH:
        raise Unusable(f"the schema at {places[0].path} is nested too deeply")
    ways: list[Places] = [()]
    for place in places:
        ways = [way + more for way in ways for more in _ways(document, place, depth)]
        if len(ways) > _MAX_ALTERNATIVES:
            raise Unusable(f"the schema at {place.path} has too many alternatives")
    yield from ways


def _ways(document: Document, place: Place, depth: int) -> list[Places]:
    node = place.node
    ways: list[Places] = [(place,)]
    if "$ref" in node:
        named = list(_readings(document, (document.resolve(place),), depth + 1))
        # In 3.0, what stands beside a $ref does not count.
        if document.is_3_0 or not node.keys() - {"$ref"}:
            return named
        ways = [(place, *way) for way in named]
    for part in as_list(node.get("allOf")):
        more = list(_readings(document, (Place(as_node(part), place.path),), depth + 1))
        ways = [way + added for way in ways for added in more]
    for keyword in ("oneOf", "anyOf"):
        more = [
            way
            for one in as_list(node.get(keyword))
            for way in _readings(document, (Place(as_node(one), place.path),), depth + 1)
        ]
        ways = [way + added for way in ways for added in more] if more else ways
    return ways


def _types(parts: Places) -> tuple[set[str] | None, bool]:
    """Return the JSON types that are allowed (None: any), and whether null is."""
    allowed: set[str] | None = None
    nullable = False
    for place in parts:
        node = place.node
        said = node.get("type")
        names = {str(one) for one in as_list(said)} | ({said} if isinstance(said, str) else set[str]())
        values = _values(node)
        if not names and values:
            names = {_type_of(value) for value in values}
        names |= {type_ for keyword, type_ in _KEYWORD_TYPES.items() if keyword in node and not said}
        # Formally, `nullable` beside `allOf` changes nothing; whoever writes it means that null may come.
        nullable |= node.get("nullable") is True or "null" in names or None in (values or [])
        if names:
            names.discard("null")
            allowed = names if allowed is None else allowed & names or allowed
    return allowed, nullable


def _values(node: Node) -> list[Any] | None:
    if "const" in node:
        return [node["const"]]
    return as_list(node["enum"]) if "enum" in node else None


def _type_of(value: object) -> str:
    names: dict[type, str] = {
        bool: "boolean",
        int: "integer",
        float: "number",
        str: "string",
        list: "array",
        dict: "object",
    }
    return names.get(type(value), "null")


def _form(parts: Places, type_: str) -> Form:
    form = Form(parts[0].path)
    for place in parts:
        _add(form, place, type_)
        _add_limits(form.limits, place.node, type_)
    return form


def _add(form: Form, place: Place, type_: str) -> None:
    node = place.node
    if (values := _values(node)) is not None:
        said = frozenset(_json(value) for value in values if value is not None and _is(value, type_))
        form.values = said if form.values is None else form.values & said
    if isinstance(node.get("format"), str):
        form.format = node["format"]
    if node.get("contentEncoding") == "base64":
        form.format = "byte"
    if type_ == "object":
        for name, schema in as_node(node.get("properties")).items():
            found = form.properties.get(str(name), ())
            form.properties[str(name)] = (*found, Place(as_node(schema), f"{place.path}.{name}"))
        form.required |= {str(name) for name in as_list(node.get("required"))}
        others = node.get("additionalProperties")
        form.is_closed |= others is False
        if others not in (None, True, False, {}):
            form.others = (*(form.others or ()), Place(as_node(others), f"{place.path}.*"))
    if type_ == "array" and "items" in node:
        form.items = (*(form.items or ()), Place(as_node(node["items"]), f"{place.path}[]"))


def _is(value: object, type_: str) -> bool:
    return _type_of(value) == type_ or (type_ == "number" and _type_of(value) == "integer")


def _add_limits(limits: dict[str, Any], node: Node, type_: str) -> None:
    for name in _LIMITS.get("number" if type_ == "integer" else type_, ()):
        value = node.get(name)
        if name.startswith("exclusive") and isinstance(value, bool):
            # As 3.0 writes it: a flag beside the limit.
            if value and (limit := limits.pop(_inclusive(name), None)) is not None:
                limits[name] = limit
        elif value is not None and value is not False:
            limits[name] = value


def _inclusive(name: str) -> str:
    return name.removeprefix("exclusive").lower()
