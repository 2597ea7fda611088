from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_str
from ..._codec.encode import coerce_date_or_unset, coerce_decimal_or_unset, write_date, write_decimal
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class PayPlanInstalment(Model):
    """An instalment of a payment plan."""

    date: str | Unset = field(default=UNSET, converter=coerce_date_or_unset)
    """Date of the instalment."""
    amount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Sum of the instalment."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.date is not UNSET:
            out["date"] = write_date(self.date, "PayPlanInstalment.date")
        if self.amount is not UNSET:
            out["amount"] = write_decimal(self.amount, "PayPlanInstalment.amount")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("date", UNSET)
            self.date = value if value.__class__ is str or value is UNSET else read_str(value, "PayPlanInstalment.date")
            value = source.pop("amount", UNSET)
            self.amount = value if value is UNSET else read_decimal(value, "PayPlanInstalment.amount")

            self.additional_properties = source
            add(self)
