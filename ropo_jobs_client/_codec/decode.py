"""Reading what the service sends: lenient about form, strict about type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, cast

from .numbers import _MAX_DIGITS, _decimal_of, _is_short, _SentNumber
from .unset import UNSET

if TYPE_CHECKING:
    from .model import Model

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")


_INTEGER = re.compile(r"-?[0-9]+(?:\.0*)?")


def unreadable(where: str, expected: str, value: object) -> NoReturn:
    """Raise `DecodeError` for a value of the wrong type. The text names the field and never shows the value."""
    from ..errors import DecodeError  # late: errors needs this module for masking

    raise DecodeError(f"{where} is {_kind(value)}, not {expected}", field=where, raw=value)


def _kind(value: object) -> str:
    if value is UNSET:
        return "missing"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float | Decimal):
        return "another number"
    if isinstance(value, str):
        return "a text" if value else "empty"
    return "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else type(value).__name__


def require(value: Any, where: str) -> Any:
    """Refuse a required field that is not there."""
    return unreadable(where, "there", value) if value is UNSET else value


def read_int(value: object, where: str) -> Any:
    """Read an integer: also `"123"` and `123.0`. Null and "" are UNSET."""
    if type(value) is int:
        return value
    if value is None or value == "" or value is UNSET:
        return UNSET
    if isinstance(value, str) and _INTEGER.fullmatch(value) and len(value) <= _MAX_DIGITS:
        return int(value.partition(".")[0])
    number = _decimal_of(value) if isinstance(value, float) else value
    if isinstance(number, Decimal) and _is_short(number) and number == number.to_integral_value():
        return int(number)
    unreadable(where, "an integer", value)


def read_decimal(value: object, where: str) -> Any:
    """Read a number as `Decimal`, digit for digit. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    number: object = value
    if isinstance(value, float):
        number = _decimal_of(value)
    elif (type(value) is int) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        number = Decimal(value)
    if isinstance(number, Decimal) and _is_short(number):
        return number if type(number) is Decimal else Decimal(number)
    unreadable(where, "a number", value)


def read_str(value: object, where: str) -> Any:
    """Read a text; a number is its digits as sent. Null is UNSET."""
    if type(value) is str:
        return value
    if value is None or value is UNSET:
        return UNSET
    if isinstance(value, _SentNumber):
        return value.sent
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        # A Decimal came without an exponent, and its str may have one.
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    unreadable(where, "a text", value)


def read_bool(value: object, where: str) -> Any:
    """Read a boolean: also 0, 1, "0", "1". Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    if isinstance(value, bool):
        return value
    if isinstance(value, int | str) and str(value) in {"0", "1"}:
        return str(value) == "1"
    unreadable(where, "a boolean", value)


def read_model(value: object, where: str, model: type[Model]) -> Any:
    """Read an object inside another. PHP writes `[]` for an empty one: that, null and "" are UNSET."""
    if value is None or value == "" or value is UNSET or value == []:
        return UNSET
    return model.from_dict(expect_object(value, where))


def read_models(value: object, where: str, model: type[Model]) -> Any:
    """Read a list of objects. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    return [model.from_dict(expect_object(item, f"{where}[{i}]")) for i, item in enumerate(expect_list(value, where))]


def read_texts(value: object, where: str) -> Any:
    """Read a list of texts. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    return [
        require(read_str(item, f"{where}[{i}]"), f"{where}[{i}]") for i, item in enumerate(expect_list(value, where))
    ]


def expect_object(value: object, where: str) -> Mapping[str, Any]:
    """Read an object where nothing else will do: a whole answer, or an item of a list."""
    # The first for speed: to ask an abstract class takes longer than to read a field.
    if type(value) is dict or isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    unreadable(where, "an object", value)


def expect_list(value: object, where: str) -> list[Any]:
    """Read a list where nothing else will do."""
    if isinstance(value, list):
        return cast("list[Any]", value)  # type: ignore[redundant-cast] # pyright would have it list[Unknown]
    unreadable(where, "a list", value)


def unwrap_list(value: object, where: str) -> list[Any]:
    """Find the list in an answer that is a list, or an object that holds one. An empty object holds nothing."""
    if not isinstance(value, Mapping):
        return expect_list(value, where)
    found: list[object] = [item for item in cast("Mapping[str, object]", value).values() if isinstance(item, list)]
    if len(found) == 1 or not value:
        return expect_list(found[0], where) if found else []
    unreadable(where, "a list, or an object with one list in it", cast("object", value))
