"""Numbers and dates in the forms that callers and JSON give them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, cast

# A number whose plain digits would be longer than this is an attack or a mistake, never an amount.
# Python refuses longer integers too.
MAX_DIGITS: Final = 4_300


TOO_LARGE: Final = 10**MAX_DIGITS


def is_short(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) < MAX_DIGITS


def int_of(value: object) -> object:
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS
    return int(cast("str", value)) if is_digits else value


def decimal_of(value: object) -> object:
    if isinstance(value, float):
        return Decimal(float.__repr__(value))  # a subclass, such as numpy's, has a repr of its own
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def date_of(value: object) -> object:
    # A datetime is a date to isinstance, but the day it means hangs on a time zone: left as it is, and refused later.
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


class SentNumber(Decimal):
    """A number that came with an exponent, and the text it came as."""

    sent: str

    def __reduce__(self) -> tuple[Any, ...]:
        return parse_number, (self.sent,)


def parse_number(text: str) -> Decimal:
    if "e" not in text and "E" not in text:
        return Decimal(text)
    number = SentNumber(text)
    number.sent = text
    return number
