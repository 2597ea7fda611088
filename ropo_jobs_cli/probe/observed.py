"""What came, told without values: names of fields and their types, names of headers, statuses, media types."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import httpx

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}", re.ASCII)
_MANY_DIGITS: Final = re.compile(r"[0-9]{4}")
_MEDIA_TYPE: Final = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_HARMLESS: Final = re.compile(r"[\w ./,=()+-]{1,60}", re.ASCII)
_SHOWN_FIELDS: Final = 60


def safe_name(name: str) -> str:
    """Return a name as it is where it looks like one; it may be someone's number or address otherwise."""
    if _NAME.fullmatch(name) and not _MANY_DIGITS.search(name):
        return name
    return f"(a name of {len(name)} characters)"


def json_type(value: object) -> str:
    """Return the JSON type of a value."""
    if value is None:
        return "null"
    names: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list"}
    return names.get(type(value), "object")


def fields(value: Mapping[str, Any]) -> str:
    """Return the names of an object's fields with their types."""
    shown = [f"{safe_name(name)}: {json_type(one)}" for name, one in list(value.items())[:_SHOWN_FIELDS]]
    more = [f"{len(value) - _SHOWN_FIELDS} more"] if len(value) > _SHOWN_FIELDS else []
    return "{" + ", ".join([*shown, *more]) + "}"


def media_type(response: httpx.Response) -> str:
    """Return the media type of a response, without its parameters."""
    said = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return said if _MEDIA_TYPE.fullmatch(said) else "no media type"


def parsed(response: httpx.Response) -> object:
    """Return the JSON of a response, or None where it has none."""
    try:
        found: object = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return found


def parsed_object(response: httpx.Response) -> dict[str, Any] | None:
    """Return the JSON object of a response, or None where it has none."""
    body = parsed(response)
    return cast("dict[str, Any]", body) if isinstance(body, dict) else None


def response(response: httpx.Response) -> str:
    """Describe a response."""
    body = parsed(response)
    if isinstance(body, dict):
        said = fields(cast("dict[str, Any]", body))
    elif isinstance(body, list):
        said = f"a list of {len(cast('list[object]', body))}"
    else:
        said = "a body" if response.content else "no body"
    return f"{response.status_code}, {media_type(response)}, {said}"


def header(value: str) -> str:
    """Return the value of a header that says nothing of anyone, such as Server."""
    return value if _HARMLESS.fullmatch(value) else "(something unusual)"


def life_of(token: str) -> int | None:
    """Return the seconds that a JWT says it lives, or None where it does not say so."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return int(claims["exp"]) - int(claims["iat"])
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return None


def changes_in(body: object, at: Sequence[str] = ()) -> tuple[str, list[dict[str, Any]]] | None:
    """Return how a body holds status changes, and the changes; None where it holds no list of objects.

    Args:
        body: what came.
        at: the names under which the document has the list, if it says so.
    """
    if at and isinstance(body, dict):
        found = cast("object", body)
        for name in at:
            # PHP writes an empty object as an empty list.
            if found != []:
                found = cast("dict[str, object]", found).get(name) if isinstance(found, dict) else None
        told = f"an object that holds them as {safe_name('.'.join(at))}"
        return (told, _objects(cast("list[object]", found))) if isinstance(found, list) else None
    if isinstance(body, list):
        return "a list", _objects(cast("list[object]", body))
    if isinstance(body, dict):
        items = cast("dict[str, object]", body).items()
        held = [(name, cast("list[object]", one)) for name, one in items if isinstance(one, list)]
        if len(held) == 1:
            return f"an object that holds one list, {safe_name(held[0][0])}", _objects(held[0][1])
    return None


def _objects(items: list[object]) -> list[dict[str, Any]]:
    return [cast("dict[str, Any]", one) for one in items if isinstance(one, dict)]
