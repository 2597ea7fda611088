"""What a person checks before bills are added: whom they go to, and what is to be paid."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING

from . import show

if TYPE_CHECKING:
    from ropo_jobs_client.models import JobItem, PayRow

_SHOWN = 5
# A count times an amount, each of the 4,300 digits that a number may have, and its VAT.
_DIGITS = 20_000


def of(bills: list[JobItem]) -> list[tuple[str, object]]:
    """Return the facts of the first bills, one a line, and the sum of all."""
    # Exact, however large the numbers in a file are.
    with localcontext(prec=_DIGITS):
        facts: list[tuple[str, object]] = [
            ("" if number else "Bills", _bill(bill)) for number, bill in enumerate(bills[:_SHOWN])
        ]
        if len(bills) > _SHOWN:
            facts.append(("", f"and {len(bills) - _SHOWN} more"))
        if len(bills) > 1:
            facts.append(("Together", _together(bills)))
    return facts


def _bill(bill: JobItem) -> str:
    """Return such as "11213 to Teppo Testaaja, KUOPIO: 87.85, due 2026-12-06"."""
    to = ", ".join(filter(None, (show.text(bill.person) or show.text(bill.company), show.text(bill.city))))
    due = show.text(bill.paydate)
    amount = " ".join(filter(None, (_text(_amount(bill)), show.text(bill.currency))))
    named = show.text(bill.billnum) or "without a bill number"
    return f"{named} to {to or 'nobody'}: {amount}" + (f", due {due}" if due else "")


def _text(amount: Decimal | None) -> str:
    return "amount not known before" if amount is None else show.text(amount)


def _together(bills: Iterable[JobItem]) -> str:
    amounts = [_amount(bill) for bill in bills]
    known = [amount for amount in amounts if amount is not None]
    missing = len(amounts) - len(known)
    currencies = {show.text(bill.currency) for bill in bills}
    if len(currencies) > 1:
        return "in several currencies"
    text = " ".join(filter(None, (show.text(sum(known, Decimal(0))), *currencies)))
    return f"{text}, and {missing} whose amount is not known before" if missing else text


def _amount(bill: JobItem) -> Decimal | None:
    """Return what is to be paid: what the bill says, or else its rows with their VAT.

    None where nobody can say: the service adds up, and what a discount of a row means is not documented.
    """
    for stated in (bill.totalamount, bill.amount):
        if isinstance(stated, Decimal):
            return stated
    rows = bill.payrow
    if not isinstance(rows, list) or not rows:
        return None
    sums = [_row(row) for row in rows]
    return None if None in sums else sum(filter(None, sums), Decimal(0))


def _row(row: PayRow) -> Decimal | None:
    if isinstance(row.totalamount, Decimal):
        return row.totalamount
    if not isinstance(row.amount, Decimal) or (isinstance(row.discount, Decimal) and row.discount):
        return None
    count = row.count if isinstance(row.count, Decimal) else Decimal(1)
    vat = row.taxpr if isinstance(row.taxpr, Decimal) else Decimal(0)
    return (count * row.amount * (1 + vat / 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
