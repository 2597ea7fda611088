"""Numbers with check digits: reference numbers and business IDs. Pure."""

from __future__ import annotations

import re
from itertools import cycle

_SEPARATORS = re.compile(r"[\s-]")


def reference_check_digit(base: str) -> str:
    """The last digit of a Finnish reference number: weights 7, 3, 1 from the right, filled up to the next ten."""
    total = sum(int(digit) * weight for digit, weight in zip(reversed(base), cycle((7, 3, 1)), strict=False))
    return str(-total % 10)


def reference_number(serial: int) -> str:
    """A valid Finnish reference number (at least four digits) for a running number."""
    base = f"{serial:05d}"
    return base + reference_check_digit(base)


def is_reference_number(text: str) -> bool:
    """Whether a text is a Finnish reference number: 4 to 20 digits of which the last one checks the others."""
    digits = _SEPARATORS.sub("", text)
    if not re.fullmatch(r"[0-9]{4,20}", digits):
        return False
    return reference_check_digit(digits[:-1]) == digits[-1]


def is_business_id(text: str) -> bool:
    """Whether a text is the business ID of a company in Finland, Sweden or Norway, judged by its check digit."""
    if re.fullmatch(r"[0-9]{7}-[0-9]", text):
        return _modulo_11(text.replace("-", ""), (7, 9, 10, 5, 8, 4, 2))
    digits = _SEPARATORS.sub("", text)
    if re.fullmatch(r"[0-9]{9}", digits):
        return _modulo_11(digits, (3, 2, 7, 6, 5, 4, 3, 2))
    return re.fullmatch(r"[0-9]{10}", digits) is not None and _luhn(digits)


def _modulo_11(digits: str, weights: tuple[int, ...]) -> bool:
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11
    # A rest of 1 would need the check digit 10: such numbers are not issued.
    return rest != 1 and int(digits[-1]) == (-rest % 11)


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(digits)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
