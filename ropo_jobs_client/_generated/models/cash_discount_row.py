from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_str
from ..._codec.encode import coerce_date_or_unset, coerce_decimal_or_unset, write_date, write_decimal, write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class CashDiscountRow(Model):
    """A discount for early payment."""

    discountdate: str | Unset = field(default=UNSET, converter=coerce_date_or_unset)
    """Date of the discount."""
    discountpercent: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Discount in per cent, 0 to 100."""
    discountamount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Discount as a sum."""
    discountfreetext: str | Unset = UNSET
    """Free text about the discount."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.discountdate is not UNSET:
            out["discountdate"] = write_date(self.discountdate, "CashDiscountRow.discountdate")
        if self.discountpercent is not UNSET:
            out["discountpercent"] = write_decimal(self.discountpercent, "CashDiscountRow.discountpercent")
        if self.discountamount is not UNSET:
            out["discountamount"] = write_decimal(self.discountamount, "CashDiscountRow.discountamount")
        if self.discountfreetext is not UNSET:
            out["discountfreetext"] = write_str(self.discountfreetext, "CashDiscountRow.discountfreetext")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("discountdate", UNSET)
            self.discountdate = (
                value if value.__class__ is str or value is UNSET else read_str(value, "CashDiscountRow.discountdate")
            )
            value = source.pop("discountpercent", UNSET)
            self.discountpercent = value if value is UNSET else read_decimal(value, "CashDiscountRow.discountpercent")
            value = source.pop("discountamount", UNSET)
            self.discountamount = value if value is UNSET else read_decimal(value, "CashDiscountRow.discountamount")
            value = source.pop("discountfreetext", UNSET)
            self.discountfreetext = (
                value
                if value.__class__ is str or value is UNSET
                else read_str(value, "CashDiscountRow.discountfreetext")
            )

            self.additional_properties = source
            add(self)
