"""Lenient readers of what a request can hold, as a PHP service reads it: pure, standard library only.

The guides write numbers as JSON strings and the reference gives them number types, so both are taken everywhere.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NoReturn, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Json = dict[str, Any]
"""A JSON object. Numbers with a fraction are Decimal, never float."""

CENT = Decimal("0.01")
# Beyond this a sum is a mistake; the limit also keeps every later calculation within Decimal's precision.
_LARGEST = Decimal("1e12")
# No request needs as much; what is deeper would break whoever writes it again.
_DEEPEST = 100
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def is_numeric(text: str) -> bool:
    """Whether a string is a number in PHP's sense (ASCII digits, optional sign, fraction and exponent)."""
    return _NUMBER.fullmatch(text.strip()) is not None


def as_decimal(value: object) -> Decimal | None:
    """A number, or a string that holds one, as Decimal; None for anything else, infinities and sums beyond 10^12."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if not is_numeric(value):
            return None
        value = value.strip()
    elif not isinstance(value, int | float | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number) < _LARGEST else None


def as_int(value: object) -> int | None:
    """A whole number, or a string that holds one; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = as_decimal(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def as_date(value: object) -> date | None:
    """A date written YYYY-MM-DD; None for anything else, such as 0000-00-00 or 2026-02-30."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def as_text(value: object) -> str:
    """A string or number as text, stripped; "" for null and anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return ""
    return str(value).strip()


def is_blank(value: object) -> bool:
    """Whether a field counts as not given: null, an empty or blank string, an empty list or object."""
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())


def flag(item: Mapping[str, Any], name: str) -> bool:
    """Whether a field that is 1 for yes says yes."""
    return as_int(item.get(name)) == 1


def cents(amount: Decimal) -> Decimal:
    """A sum rounded to two decimals, halves away from zero, as on an invoice."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def as_object(value: object) -> Json | None:
    """A JSON object; None for anything else."""
    return cast("Json", value) if isinstance(value, dict) else None


def object_list(value: object) -> list[Json]:
    """The objects of a list; [] for anything that is none."""
    entries = cast("list[object]", value) if isinstance(value, list) else []
    return [entry for entry in map(as_object, entries) if entry is not None]


def read_json(body: bytes, *, parse_float: Callable[[str], object] = float) -> Any:
    """The value of a JSON text; ValueError for what is none, and for what could not be stored or shown later."""
    try:
        value = json.loads(body.decode("utf-8"), parse_float=parse_float, parse_constant=_no_constant)
        # A lone surrogate is JSON, but no text.
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeError:
        raise ValueError("it is not UTF-8 text") from None
    except RecursionError:
        raise ValueError(f"it is nested more than {_DEEPEST} deep") from None
    level: list[Any] = [value]
    for _ in range(_DEEPEST):
        level = [inner for each in level for inner in _inner(each)]
        if not level:
            return value
    raise ValueError(f"it is nested more than {_DEEPEST} deep")


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast("Json", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def to_json(value: object) -> str:
    """JSON text with amounts as numeric strings, so that nothing passes through float."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_amount_as_text)


def _amount_as_text(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} is not JSON")
