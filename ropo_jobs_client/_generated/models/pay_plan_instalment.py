from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_str
from ..._codec.encode import coerce_date_or_unset, coerce_decimal_or_unset, coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class PayPlanInstalment(Model):
    """An instalment of a payment plan."""

    date: str | Unset = field(default=UNSET, converter=coerce_date_or_unset)
    """Date of the instalment."""
    amount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Sum of the instalment."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.date is not UNSET:
            writer.day("date", self.date, self, False)
        if self.amount is not UNSET:
            writer.decimal("amount", self.amount, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.date = (
                v if (v := source.pop("date", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "date"))
            )
            self.amount = v if (v := source.pop("amount", UNSET)) is UNSET else read_decimal(v, (cls, "amount"))

            self.additional_properties = source
            add(self)
