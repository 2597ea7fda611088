from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_str
from ..._codec.encode import coerce_decimal_or_unset, coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class PayRow(Model):
    """A row of an invoice. A row that credits is negative."""

    desc: str | Unset = UNSET
    """What the row is for. Example: Hieronta."""
    count: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Quantity. Example: 1."""
    itemtype: str | Unset = UNSET
    """Type of the item. Example: h."""
    amount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Unit price without VAT. Example: 35.0."""
    taxpr: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """VAT per cent, 0 to 100. Example: 24.0."""
    discount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Discount."""
    netamount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Total of the row without VAT."""
    vatamount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """VAT of the row."""
    totalamount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Total of the row including VAT."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.desc is not UNSET:
            writer.text("desc", self.desc, self, False)
        if self.count is not UNSET:
            writer.decimal("count", self.count, self, False)
        if self.itemtype is not UNSET:
            writer.text("itemtype", self.itemtype, self, False)
        if self.amount is not UNSET:
            writer.decimal("amount", self.amount, self, False)
        if self.taxpr is not UNSET:
            writer.decimal("taxpr", self.taxpr, self, False)
        if self.discount is not UNSET:
            writer.decimal("discount", self.discount, self, False)
        if self.netamount is not UNSET:
            writer.decimal("netamount", self.netamount, self, False)
        if self.vatamount is not UNSET:
            writer.decimal("vatamount", self.vatamount, self, False)
        if self.totalamount is not UNSET:
            writer.decimal("totalamount", self.totalamount, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.desc = (
                v if (v := source.pop("desc", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "desc"))
            )
            self.count = v if (v := source.pop("count", UNSET)) is UNSET else read_decimal(v, (cls, "count"))
            self.itemtype = (
                v
                if (v := source.pop("itemtype", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "itemtype"))
            )
            self.amount = v if (v := source.pop("amount", UNSET)) is UNSET else read_decimal(v, (cls, "amount"))
            self.taxpr = v if (v := source.pop("taxpr", UNSET)) is UNSET else read_decimal(v, (cls, "taxpr"))
            self.discount = v if (v := source.pop("discount", UNSET)) is UNSET else read_decimal(v, (cls, "discount"))
            self.netamount = (
                v if (v := source.pop("netamount", UNSET)) is UNSET else read_decimal(v, (cls, "netamount"))
            )
            self.vatamount = (
                v if (v := source.pop("vatamount", UNSET)) is UNSET else read_decimal(v, (cls, "vatamount"))
            )
            self.totalamount = (
                v if (v := source.pop("totalamount", UNSET)) is UNSET else read_decimal(v, (cls, "totalamount"))
            )

            self.additional_properties = source
            add(self)
