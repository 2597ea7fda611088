"""Numbers in the forms that callers and JSON give them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

# A number whose plain digits would be longer than this is an attack or a mistake, never an amount.
# Python refuses longer integers too.
MAX_DIGITS: Final = 4_300


TOO_LARGE: Final = 10**MAX_DIGITS


def is_short(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) < MAX_DIGITS


def decimal_of(value: object) -> object:
    if isinstance(value, float):
        return Decimal(float.__repr__(value))  # a subclass, such as numpy's, has a repr of its own
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


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
