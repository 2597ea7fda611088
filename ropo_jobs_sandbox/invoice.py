"""The sums of an invoice, by the row, by the VAT rate and in total. Pure.

Guessed: ``discount`` of a row is a percentage; sums are rounded to cents by the row (halves away from zero), and totals
add up the rounded rows. Where a request brings a sum itself (``netamount``, ``vatamount``, ``totalamount`` of a row or
of the bill,
``amount`` of the bill), that sum stands as it came.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from .values import Json, as_decimal, as_text, cents, flag, object_list

if TYPE_CHECKING:
    from collections.abc import Iterable

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an invoice with its sums. ``unit_price`` is without VAT; ``rate`` and ``discount`` are per cent."""

    description: str
    count: Decimal
    unit: str
    unit_price: Decimal
    rate: Decimal
    discount: Decimal
    net: Decimal
    vat: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class VatLine:
    """What the rows of one VAT rate come to."""

    rate: Decimal
    net: Decimal
    vat: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What a bill comes to; ``payable`` is what is asked for after advance payments."""

    net: Decimal
    vat: Decimal
    total: Decimal
    payable: Decimal


def row_of(entry: Json, *, reverse_vat: bool = False) -> Row:
    """The sums of one ``payrow``. With reverse VAT liability there is no VAT on it: the buyer accounts for that."""
    count = _number(entry, "count", Decimal(1))
    unit_price = _number(entry, "amount", _ZERO)
    rate = _ZERO if reverse_vat else _number(entry, "taxpr", _ZERO)
    discount = _number(entry, "discount", _ZERO)
    net = _number(entry, "netamount", cents(count * unit_price * (1 - discount / _HUNDRED)))
    vat = _number(entry, "vatamount", cents(net * rate / _HUNDRED))
    total = _number(entry, "totalamount", net + vat)
    unit = as_text(entry.get("itemtype"))
    return Row(as_text(entry.get("desc")), count, unit, unit_price, rate, discount, net, vat, total)


def rows_of(item: Json) -> list[Row]:
    """The rows of a dataset item, in order."""
    return [row_of(entry, reverse_vat=flag(item, "negvat")) for entry in object_list(item.get("payrow"))]


def vat_lines(rows: Iterable[Row]) -> list[VatLine]:
    """The rows added up by VAT rate, lowest rate first."""
    lines: dict[Decimal, VatLine] = {}
    for row in rows:
        rate = row.rate.normalize()
        before = lines.get(rate, VatLine(rate, _ZERO, _ZERO, _ZERO))
        lines[rate] = VatLine(rate, before.net + row.net, before.vat + row.vat, before.total + row.total)
    return [lines[rate] for rate in sorted(lines)]


def totals_of(item: Json) -> Totals:
    """What a dataset item comes to: the sums it names, and for the others those of its rows."""
    rows = rows_of(item)
    net = as_decimal(item.get("netamount"))
    vat = as_decimal(item.get("vatamount"))
    total = as_decimal(item.get("totalamount"))
    if total is None:
        total = as_decimal(item.get("amount"))
    if total is None:
        total = net + vat if net is not None and vat is not None else sum((row.total for row in rows), _ZERO)
    if vat is None:
        vat = total - net if net is not None else sum((row.vat for row in rows), _ZERO)
    if net is None:
        net = total - vat
    advance = as_decimal(item.get("advancepayment")) or _ZERO
    return Totals(cents(net), cents(vat), cents(total), cents(total - advance))


def _number(entry: Json, name: str, otherwise: Decimal) -> Decimal:
    number = as_decimal(entry.get(name))
    return otherwise if number is None else number
