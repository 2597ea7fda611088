"""Taking what a caller gives, and writing what is sent.

Taking (`coerce_*`) never raises, so that a mistake is reported once, by the call that would send it. Writing
(`write_*`) is strict and names the argument."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, cast

from .invalid import InvalidArgument
from .numbers import _MAX_DIGITS, _TOO_LARGE, _date_of, _decimal_of, _int_of, _is_short
from .unset import Unset

if TYPE_CHECKING:
    from .model import Model

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def coerce_int(value: int | str) -> int:
    return cast("int", _int_of(value))


def coerce_int_or_unset(value: int | str | Unset) -> int | Unset:
    return value if isinstance(value, Unset) else coerce_int(value)


def coerce_int_or_none(value: int | str | Unset | None) -> int | Unset | None:
    return value if value is None or isinstance(value, Unset) else coerce_int(value)


def coerce_decimal(value: Decimal | float) -> Decimal:
    return cast("Decimal", _decimal_of(value))


def coerce_decimal_or_unset(value: Decimal | float | Unset) -> Decimal | Unset:
    return value if isinstance(value, Unset) else coerce_decimal(value)


def coerce_decimal_or_none(value: Decimal | float | Unset | None) -> Decimal | Unset | None:
    return value if value is None or isinstance(value, Unset) else coerce_decimal(value)


def coerce_date(value: str | date) -> str:
    return cast("str", _date_of(value))


def coerce_date_or_unset(value: str | date | Unset) -> str | Unset:
    return value if isinstance(value, Unset) else coerce_date(value)


def coerce_date_or_none(value: str | date | Unset | None) -> str | Unset | None:
    return value if value is None or isinstance(value, Unset) else coerce_date(value)


def _wrong_type(where: str, expected: str, value: object) -> NoReturn:
    raise TypeError(f"{where} must be {expected}, not {type(value).__name__}")


def write_int(value: object, where: str) -> int:
    """Write an integer, or a text of digits as one."""
    number = _int_of(value)
    if isinstance(number, int) and not isinstance(number, bool):
        if not -_TOO_LARGE < number < _TOO_LARGE:
            raise InvalidArgument(where, f"must have no more than {_MAX_DIGITS} digits")
        return int(number)  # the str of an enum's member is not its number
    if isinstance(value, str):
        raise InvalidArgument(where, "must be an integer or its digits")
    _wrong_type(where, "an integer", value)


def write_decimal(value: object, where: str) -> Decimal:
    """Write an int, Decimal or float (by its repr) as `Decimal`."""
    number = _decimal_of(value)
    if not isinstance(number, Decimal):
        _wrong_type(where, "a Decimal, int or float", value)
    if not number.is_finite():
        raise InvalidArgument(where, "must be a finite number")
    if not _is_short(number):
        raise InvalidArgument(where, f"must have no more than {_MAX_DIGITS} digits")
    return number


def write_str(value: object, where: str) -> str:
    """Write a text that UTF-8 can carry."""
    if not isinstance(value, str):
        _wrong_type(where, "a str", value)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidArgument(where, "must be valid Unicode: it holds half of a surrogate pair")
    return value if type(value) is str else str.__str__(value)


def write_bool(value: object, where: str) -> bool:
    """Write a boolean."""
    return value if isinstance(value, bool) else _wrong_type(where, "a bool", value)


def write_date(value: object, where: str) -> str:
    """Write a day as `YYYY-MM-DD`."""
    text = _date_of(value)
    if not isinstance(text, str):
        _wrong_type(where, "a date or a str YYYY-MM-DD", value)
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise InvalidArgument(where, "must be a date as YYYY-MM-DD")


def write_texts(value: object, where: str) -> list[str]:
    """Write a list of texts."""
    return [write_str(item, f"{where}[{i}]") for i, item in enumerate(_sequence(value, where))]


def write_model(value: object, where: str, model: type[Model]) -> dict[str, Any]:
    """Write an object of a generated model."""
    return value.to_dict() if isinstance(value, model) else _wrong_type(where, f"a {model.__name__}", value)


def write_models(value: object, where: str, model: type[Model]) -> list[dict[str, Any]]:
    """Write a list of objects of a generated model."""
    return [write_model(item, f"{where}[{i}]", model) for i, item in enumerate(_sequence(value, where))]


def _sequence(value: object, where: str) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, list | tuple) else _wrong_type(where, "a list", value)


def write_header(value: object, where: str) -> str:
    """Write a header value: printable ASCII, no line break."""
    text = write_str(value, where)
    # Blanks around a header value are not part of it: HTTP would drop or refuse them.
    if not text or text != text.strip() or not text.isascii() or not text.isprintable():
        raise InvalidArgument(where, "must be printable ASCII without line breaks or blanks around it, and not empty")
    return text
