"""The barcode of a Finnish invoice, as banks read it: 54 digits in Code 128 C. Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from .identifiers import is_reference_number

if TYPE_CHECKING:
    from datetime import date

# The widths of bars and spaces, in turn, of each symbol value of Code 128; the last three are start C, its kin and
# stop.
_SYMBOLS = """
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
    123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
    232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
    313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
    111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
    111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
    114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112
""".split()  # noqa: SIM905 - a table is easier to compare than a hundred quoted words
_START_C, _STOP = 105, 106
_MOST = Decimal("999999.99")


def payment_digits(iban: str, amount: Decimal, reference: str, due: date | None) -> str | None:
    """The digits of the barcode (version 4); None for what it can't hold: foreign banks, credits, free text."""
    account, digits = iban.replace(" ", ""), re.sub(r"\s", "", reference)
    if not re.fullmatch(r"FI[0-9]{16}", account) or not is_reference_number(digits) or not 0 < amount <= _MOST:
        return None
    sum_in_cents = f"{int(amount * 100):08d}"
    return f"4{account[2:]}{sum_in_cents}000{digits.zfill(20)}{due.strftime('%y%m%d') if due else '000000'}"


def bars(digits: str) -> list[int]:
    """The widths of bars and spaces, in turn and starting with a bar, for an even number of digits."""
    values = [int(digits[place : place + 2]) for place in range(0, len(digits), 2)]
    check = (_START_C + sum(place * value for place, value in enumerate(values, start=1))) % 103
    symbols = (_SYMBOLS[value] for value in (_START_C, *values, check, _STOP))
    return [int(width) for symbol in symbols for width in symbol]
