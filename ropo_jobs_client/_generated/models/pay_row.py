from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_str
from ..._codec.encode import coerce_decimal_or_unset, write_decimal, write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


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
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.desc is not UNSET:
            out["desc"] = write_str(self.desc, "PayRow.desc")
        if self.count is not UNSET:
            out["count"] = write_decimal(self.count, "PayRow.count")
        if self.itemtype is not UNSET:
            out["itemtype"] = write_str(self.itemtype, "PayRow.itemtype")
        if self.amount is not UNSET:
            out["amount"] = write_decimal(self.amount, "PayRow.amount")
        if self.taxpr is not UNSET:
            out["taxpr"] = write_decimal(self.taxpr, "PayRow.taxpr")
        if self.discount is not UNSET:
            out["discount"] = write_decimal(self.discount, "PayRow.discount")
        if self.netamount is not UNSET:
            out["netamount"] = write_decimal(self.netamount, "PayRow.netamount")
        if self.vatamount is not UNSET:
            out["vatamount"] = write_decimal(self.vatamount, "PayRow.vatamount")
        if self.totalamount is not UNSET:
            out["totalamount"] = write_decimal(self.totalamount, "PayRow.totalamount")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("desc", UNSET)
            self.desc = value if value.__class__ is str or value is UNSET else read_str(value, "PayRow.desc")
            value = source.pop("count", UNSET)
            self.count = value if value is UNSET else read_decimal(value, "PayRow.count")
            value = source.pop("itemtype", UNSET)
            self.itemtype = value if value.__class__ is str or value is UNSET else read_str(value, "PayRow.itemtype")
            value = source.pop("amount", UNSET)
            self.amount = value if value is UNSET else read_decimal(value, "PayRow.amount")
            value = source.pop("taxpr", UNSET)
            self.taxpr = value if value is UNSET else read_decimal(value, "PayRow.taxpr")
            value = source.pop("discount", UNSET)
            self.discount = value if value is UNSET else read_decimal(value, "PayRow.discount")
            value = source.pop("netamount", UNSET)
            self.netamount = value if value is UNSET else read_decimal(value, "PayRow.netamount")
            value = source.pop("vatamount", UNSET)
            self.vatamount = value if value is UNSET else read_decimal(value, "PayRow.vatamount")
            value = source.pop("totalamount", UNSET)
            self.totalamount = value if value is UNSET else read_decimal(value, "PayRow.totalamount")

            self.additional_properties = source
            add(self)
