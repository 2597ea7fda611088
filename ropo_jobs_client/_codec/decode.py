"""Reading what the service sends: lenient about form, strict about type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, cast

from .numbers import MAX_DIGITS, SentNumber, decimal_of, is_short
from .unset import UNSET

if TYPE_CHECKING:
    from .model import Model

# What is read: a field of a class, put into words only where it cannot be read; or the words.
Where = str | tuple[type, str]

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_INTEGER = re.compile(r"-?[0-9]+(?:\.0*)?")
# Names of fields that tell of an error where they hold anything; and names of fields whose value tells, with the values
# that do. Of others, such as a message or a title, nobody knows whether they belong to an error.
_OF_ERRORS = re.compile(r"error|exception|\b(faults?|violations|trace|stack(_?trace)?)\b", re.IGNORECASE)
_STATUS = re.compile(r"(http)?_?(status)?_?(code)?", re.IGNORECASE)
_FAILED = re.compile(r"[45][0-9]{2}|err(or)?|fail(ed|ure)?", re.IGNORECASE)


def unreadable(where: Where, expected: str, value: object) -> NoReturn:
    """Raise `DecodeError` for a value of the wrong type. The text names the field and never shows the value."""
    from ..errors import DecodeError  # late: errors needs this package for masking

    field = _name(where)
    raise DecodeError(f"{field} is {_kind(value, expected)}, not {expected}", field=field, raw=value)


def _name(where: Where) -> str:
    return where if isinstance(where, str) else f"{where[0].__name__}.{where[1]}"


def _kind(value: object, expected: str) -> str:
    if value is UNSET:
        return "missing"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float | Decimal):
        kinds = {"an integer": "another number", "a number": f"a number of more than {MAX_DIGITS:,} digits"}
        return kinds.get(expected, "a number")
    if isinstance(value, str):
        return "a text" if value else "empty"
    return "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else type(value).__name__


def require(value: Any, where: Where) -> Any:
    """Refuse a required field that is not there."""
    if value is UNSET:
        from ..errors import DecodeError  # late: errors needs this package for masking

        raise DecodeError(f"{_name(where)} is required, but missing", field=_name(where), raw=value)
    return value


def read_int(value: object, where: Where) -> Any:
    """Read an integer: also `"123"` and `123.0`. Null and "" are UNSET."""
    if type(value) is int:
        return value
    if value is None or value == "" or value is UNSET:
        return UNSET
    if isinstance(value, str) and _INTEGER.fullmatch(value) and len(value) <= MAX_DIGITS:
        return int(value.partition(".")[0])
    number = decimal_of(value) if isinstance(value, float) else value
    if isinstance(number, Decimal) and is_short(number) and number == number.to_integral_value():
        return int(number)
    unreadable(where, "an integer", value)


def read_decimal(value: object, where: Where) -> Any:
    """Read a number as `Decimal`, digit for digit. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    number: object = value
    if isinstance(value, float):
        number = decimal_of(value)
    elif (type(value) is int) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        number = Decimal(value)
    if isinstance(number, Decimal) and is_short(number):
        return number if type(number) is Decimal else Decimal(number)
    unreadable(where, "a number", value)


def read_str(value: object, where: Where) -> Any:
    """Read a text; a number is its digits as sent. Null is UNSET."""
    if type(value) is str:
        return value
    if value is None or value is UNSET:
        return UNSET
    if isinstance(value, SentNumber):
        return value.sent
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        # A Decimal came without an exponent, and its str may have one.
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    unreadable(where, "a text", value)


def read_bool(value: object, where: Where) -> Any:
    """Read a boolean: also 0, 1, "0", "1". Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    if isinstance(value, bool):
        return value
    if isinstance(value, int | str) and str(value) in {"0", "1"}:
        return str(value) == "1"
    unreadable(where, "a boolean", value)


def read_model(value: object, where: Where, model: type[Model]) -> Any:
    """Read an object inside another. PHP writes `[]` for an empty one: that, null and "" are UNSET."""
    if value is None or value == "" or value is UNSET or value == []:
        return UNSET
    return model.from_dict(expect_object(value, where))


def read_models(value: object, where: Where, model: type[Model]) -> Any:
    """Read a list of objects. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    items = expect_list(value, where)
    for i, item in enumerate(items):
        if type(item) is not dict:
            expect_object(item, f"{_name(where)}[{i}]")
    return model.from_list([dict(item) for item in items])


def read_texts(value: object, where: Where) -> Any:
    """Read a list of texts. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    name = _name(where)
    return [require(read_str(item, f"{name}[{i}]"), f"{name}[{i}]") for i, item in enumerate(expect_list(value, where))]


def expect_object(value: object, where: Where) -> Mapping[str, Any]:
    """Read an object where nothing else will do: a whole answer, or an item of a list."""
    # The first for speed: to ask an abstract class takes longer than to read a field.
    if type(value) is dict or isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    unreadable(where, "an object", value)


def expect_list(value: object, where: Where) -> list[Any]:
    """Read a list where nothing else will do."""
    if isinstance(value, list):
        return cast("list[Any]", value)  # type: ignore[redundant-cast] # pyright would have it list[Unknown]
    unreadable(where, "a list", value)


def list_at(value: object, names: tuple[str, ...], where: Where) -> list[Any]:
    """Find the list under these names, one in another, or one that comes bare. PHP writes `[]` for an empty object."""
    if isinstance(value, list):
        return expect_list(cast("object", value), where)
    found = value
    for name in names:
        if found == []:
            break
        fields = expect_object(found, where)
        found = fields.get(name, UNSET) if fields else list[object]()
    return expect_list(found, where)


def tells_of_error(name: str, value: object = True) -> bool:
    """Return whether a field says that the object around it is an error. One that is empty says nothing."""
    if name in {"success", "ok"}:
        return not value
    if _STATUS.fullmatch(name):
        return _FAILED.fullmatch(str(value)) is not None
    return bool(value) and _OF_ERRORS.search(name) is not None


def unwrap_list(value: object, where: Where) -> list[Any]:
    """Find the list in an answer that is a list, or an object that holds one. An empty object holds nothing.

    An error that holds a list is none, whatever its status says.
    """
    if not isinstance(value, Mapping):
        return expect_list(value, where)
    fields = cast("Mapping[str, object]", value)
    found: list[object] = [item for name, item in fields.items() if isinstance(item, list) and not tells_of_error(name)]
    if not fields:
        return []
    if len(found) == 1 and not any(tells_of_error(name, item) for name, item in fields.items()):
        return expect_list(found[0], where)
    unreadable(where, "a list, or an object with one list in it", fields)
