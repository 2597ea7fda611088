from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    DECIMAL,
    STR,
    UNSET,
    Model,
    Unset,
    as_date_or_unset,
    as_decimal_or_unset,
    read_decimal,
    read_str,
    write_date,
    write_decimal,
)


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class PayPlanInstalment(Model):
    """An instalment of a payment plan."""

    date: str | Unset = field(default=UNSET, converter=as_date_or_unset)
    """Date of the instalment."""
    amount: Decimal | Unset = field(default=UNSET, converter=as_decimal_or_unset)
    """Sum of the instalment."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        if self.date is not UNSET:
            out["date"] = write_date(self.date, "PayPlanInstalment.date")
        if self.amount is not UNSET:
            out["amount"] = write_decimal(self.amount, "PayPlanInstalment.amount")

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        value = pop("date", UNSET)
        self.date = value if type(value) in STR else read_str(value, "PayPlanInstalment.date")
        value = pop("amount", UNSET)
        self.amount = value if type(value) in DECIMAL else read_decimal(value, "PayPlanInstalment.amount")
