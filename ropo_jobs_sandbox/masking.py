"""What a person is shown of a request and its answer: no secrets, and no personal identity codes. Pure.

A number that only looks like an identity code (ten digits that begin with a date, say) is masked too.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from .values import as_object, as_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MASK = "***"
_SECRETS = frozenset({"apicode", "token", "ssn"})
_NAMES_SECRET = re.compile(r'apicode|ssn|"token"', re.IGNORECASE)
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})

_DAY, _MONTH = "(?:0[1-9]|[12][0-9]|3[01])", "(?:0[1-9]|1[0-2])"
_CODES = re.compile(
    rf"""
      \b {_DAY} {_MONTH} [0-9]{{2}} [-+A-FU-Y] [0-9]{{3}} [0-9A-Z] \b                          # Finland
    | \b (?:[0-9]{{2}})? [0-9]{{2}} {_MONTH} (?:{_DAY}|[6-9][0-9]) [-+]? [0-9]{{4}} \b         # Sweden
    | \b (?:{_DAY}|[4-7][0-9]) (?:{_MONTH}|[4-9][0-9]) [0-9]{{2}} [ ]? [0-9]{{5}} \b           # Norway
    | \b eyJ [\w-]+ \. [\w.-]+                                                                 # a token
    """,
    re.VERBOSE | re.IGNORECASE,
)


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers, whose names are lower-case, without what lets somebody in, and without identity codes."""
    return {name: MASK if name in _SECRET_HEADERS else masked_text(value) for name, value in headers.items()}


def masked_query(query: Mapping[str, str]) -> dict[str, str]:
    """Query parameters."""
    return {name: MASK if name.lower() in _SECRETS else masked_text(value) for name, value in query.items()}


def masked_text(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without identity codes and tokens, and without the secrets given."""
    # A short one would tear other words apart.
    for secret in (secret for secret in secrets if len(secret) > 3):
        text = text.replace(secret, MASK)
    return _CODES.sub(MASK, text)


def masked_body(text: str, secrets: Iterable[str] = ()) -> str:
    """A body: in JSON also the values of the fields that hold secrets; a body that names one and is no JSON, whole."""
    try:
        parsed = json.loads(text)
        if any(secrets_in(parsed)):
            shown = json.dumps(_without_secrets(parsed), ensure_ascii=False)
            # A lone surrogate is JSON, but cannot be sent.
            text = shown.encode("utf-8", "backslashreplace").decode()
    except (ValueError, RecursionError):
        return MASK if _NAMES_SECRET.search(text) else masked_text(text, secrets)
    return masked_text(text, secrets)


def secrets_in(value: object) -> Iterator[str]:
    """The values of all fields that hold secrets, at any depth."""
    for name, item in _fields(value):
        if name in _SECRETS:
            yield as_text(item) or MASK
        else:
            yield from secrets_in(item)


def _fields(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, list):
        yield from (("", item) for item in cast("list[object]", value))
    else:
        yield from ((name.lower(), item) for name, item in (as_object(value) or {}).items())


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(item) for item in cast("list[object]", value)]
    fields = as_object(value)
    if fields is None:
        return value
    return {name: MASK if name.lower() in _SECRETS else _without_secrets(item) for name, item in fields.items()}
