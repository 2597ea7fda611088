"""Taking what a caller gives, and writing what is sent.

Taking (`coerce_*`) never raises, so that a mistake is reported once, by the call that would send it. Writing is strict
and names the argument: `write_*` gives the plain value, `append_*` JSON."""

# No annotations from __future__: attrs gives those of `coerce_*` to the constructors of models, and what asks for their
# types (dependency injection) would look for the names where a model is.
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any, NoReturn, cast

from .invalid import InvalidArgument
from .numbers import MAX_DIGITS, TOO_LARGE, decimal_of, is_short
from .unset import Unset

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _int_of(value: object) -> object:
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS
    return int(cast("str", value)) if is_digits else value


def _date_of(value: object) -> object:
    # A datetime is a date to isinstance, but the day it means hangs on a time zone: left as it is, and refused later.
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


# What has the right type already is looked at no further.


def coerce_int(value: int | str) -> int:
    return value if type(value) is int else cast("int", _int_of(value))


def coerce_int_or_unset(value: int | str | Unset) -> int | Unset:
    return value if type(value) is int else cast("int | Unset", _int_of(value))


def coerce_int_or_none(value: int | str | Unset | None) -> int | Unset | None:
    return value if type(value) is int else cast("int | Unset | None", _int_of(value))


def coerce_decimal(value: Decimal | float) -> Decimal:
    return value if type(value) is Decimal else cast("Decimal", decimal_of(value))


def coerce_decimal_or_unset(value: Decimal | float | Unset) -> Decimal | Unset:
    return value if type(value) is Decimal else cast("Decimal | Unset", decimal_of(value))


def coerce_decimal_or_none(value: Decimal | float | Unset | None) -> Decimal | Unset | None:
    return value if type(value) is Decimal else cast("Decimal | Unset | None", decimal_of(value))


def coerce_date(value: str | date) -> str:
    return value if type(value) is str else cast("str", _date_of(value))


def coerce_date_or_unset(value: str | date | Unset) -> str | Unset:
    return value if type(value) is str else cast("str | Unset", _date_of(value))


def coerce_date_or_none(value: str | date | Unset | None) -> str | Unset | None:
    return value if type(value) is str else cast("str | Unset | None", _date_of(value))


def coerce_extra(value: Mapping[str, Any]) -> dict[str, Any]:
    # A copy: what `attrs.evolve` made and what it was made of share nothing that either changes.
    return dict(value) if isinstance(cast("object", value), Mapping) else cast("dict[str, Any]", value)


def wrong_type(where: str, expected: str, value: object) -> NoReturn:
    """Raise `TypeError` for a value of the wrong type. The text names the argument and never shows the value."""
    raise TypeError(f"{where} must be {expected}, not {type(value).__name__}")


def write_int(value: object, where: str) -> int:
    """Write an integer, or a text of digits as one."""
    number = _int_of(value)
    if isinstance(number, int) and not isinstance(number, bool):
        if not -TOO_LARGE < number < TOO_LARGE:
            raise InvalidArgument(where, f"must have no more than {MAX_DIGITS} digits")
        return int(number)  # the str of an enum's member is not its number
    if isinstance(value, str):
        raise InvalidArgument(where, "must be an integer or its digits")
    wrong_type(where, "an integer", value)


def write_decimal(value: object, where: str) -> Decimal:
    """Write an int, Decimal or float (by its repr) as `Decimal`."""
    number = decimal_of(value)
    if not isinstance(number, Decimal):
        wrong_type(where, "a Decimal, int or float", value)
    if not number.is_finite():
        raise InvalidArgument(where, "must be a finite number")
    if not is_short(number):
        raise InvalidArgument(where, f"must have no more than {MAX_DIGITS} digits")
    return number


def write_str(value: object, where: str) -> str:
    """Write a text that UTF-8 can carry."""
    if not isinstance(value, str):
        wrong_type(where, "a str", value)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidArgument(where, "must be valid Unicode: it holds half of a surrogate pair")
    return value if type(value) is str else str.__str__(value)


def write_bool(value: object, where: str) -> bool:
    """Write a boolean."""
    return value if isinstance(value, bool) else wrong_type(where, "a bool", value)


def write_date(value: object, where: str) -> str:
    """Write a day as `YYYY-MM-DD`."""
    text = value if type(value) is str else _date_of(value)
    if not isinstance(text, str):
        wrong_type(where, "a date or a str YYYY-MM-DD", value)
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return str.__str__(text)  # the str of an enum's member is not its text
    except ValueError:
        pass
    raise InvalidArgument(where, "must be a date as YYYY-MM-DD")


def write_texts(value: object, where: str) -> list[str]:
    """Write a list of texts."""
    return [write_str(item, f"{where}[{i}]") for i, item in enumerate(expect_list(value, where))]


def write_any(value: object, where: str) -> object:
    """Write what the document leaves open. JSON tells later whether it can carry it."""
    del where
    return value


def expect_list(value: object, where: str) -> list[Any]:
    """Return a list or tuple, checked."""
    return cast("list[Any]", value) if isinstance(value, list | tuple) else wrong_type(where, "a list", value)


def write_header(value: object, where: str) -> str:
    """Write a header value: printable ASCII, no line break."""
    text = write_str(value, where)
    # Blanks around a header value are not part of it: HTTP would drop or refuse them.
    if not text or text != text.strip() or not text.isascii() or not text.isprintable():
        raise InvalidArgument(where, "must be printable ASCII without line breaks or blanks around it, and not empty")
    return text


# As JSON


def append_value(value: object, where: str, parts: list[str]) -> None:
    """Append any value as JSON, in pieces of text."""
    if isinstance(value, str):
        parts.append(encode_basestring(write_str(value, where)))
    elif value is None or isinstance(value, bool):
        parts.append("null" if value is None else "true" if value else "false")
    elif isinstance(value, int):
        parts.append(str(write_int(value, where)))
    elif isinstance(value, Decimal | float):
        parts.append(format(write_decimal(value, where), "f"))
    elif isinstance(value, Mapping):
        start = len(parts)
        append_members(cast("Mapping[object, object]", value), where, parts)
        parts.append("}")
        parts[start] = "{" + parts[start][1:] if value else "{}"
    elif isinstance(value, list | tuple):
        for i, item in enumerate(cast("list[object]", value)):
            parts.append("," if i else "[")
            append_value(item, f"{where}[{i}]", parts)
        parts.append("]" if value else "[]")
    else:
        wrong_type(where, "something that JSON can carry", value)


def append_members(value: Mapping[Any, object], where: str, parts: list[str]) -> None:
    """Append the members of an object as JSON, each with the comma before it."""
    for key, item in value.items():
        parts.append(f",{encode_basestring(write_str(key, f'a key of {where}'))}:")
        append_value(item, f"{where}.{key}", parts)
