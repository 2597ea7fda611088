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
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.discountdate is not UNSET:
            writer.day("discountdate", self.discountdate, self, False)
        if self.discountpercent is not UNSET:
            writer.decimal("discountpercent", self.discountpercent, self, False)
        if self.discountamount is not UNSET:
            writer.decimal("discountamount", self.discountamount, self, False)
        if self.discountfreetext is not UNSET:
            writer.text("discountfreetext", self.discountfreetext, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.discountdate = (
                v
                if (v := source.pop("discountdate", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "discountdate"))
            )
            self.discountpercent = (
                v if (v := source.pop("discountpercent", UNSET)) is UNSET else read_decimal(v, (cls, "discountpercent"))
            )
            self.discountamount = (
                v if (v := source.pop("discountamount", UNSET)) is UNSET else read_decimal(v, (cls, "discountamount"))
            )
            self.discountfreetext = (
                v
                if (v := source.pop("discountfreetext", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "discountfreetext"))
            )

            self.additional_properties = source
            add(self)
