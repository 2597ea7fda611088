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
class AccountRow(Model):
    """A bookkeeping entry of an invoice."""

    accountid: str | Unset = UNSET
    """The account."""
    debit: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Sum on the debit side."""
    credit: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Sum on the credit side."""
    desc: str | Unset = UNSET
    """What the entry is for."""
    netamount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Total of the entry without VAT."""
    vatamount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """VAT of the entry."""
    taxpr: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """VAT per cent. Example: 24.0."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.accountid is not UNSET:
            out["accountid"] = write_str(self.accountid, "AccountRow.accountid")
        if self.debit is not UNSET:
            out["debit"] = write_decimal(self.debit, "AccountRow.debit")
        if self.credit is not UNSET:
            out["credit"] = write_decimal(self.credit, "AccountRow.credit")
        if self.desc is not UNSET:
            out["desc"] = write_str(self.desc, "AccountRow.desc")
        if self.netamount is not UNSET:
            out["netamount"] = write_decimal(self.netamount, "AccountRow.netamount")
        if self.vatamount is not UNSET:
            out["vatamount"] = write_decimal(self.vatamount, "AccountRow.vatamount")
        if self.taxpr is not UNSET:
            out["taxpr"] = write_decimal(self.taxpr, "AccountRow.taxpr")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("accountid", UNSET)
            self.accountid = (
                value if value.__class__ is str or value is UNSET else read_str(value, "AccountRow.accountid")
            )
            value = source.pop("debit", UNSET)
            self.debit = value if value is UNSET else read_decimal(value, "AccountRow.debit")
            value = source.pop("credit", UNSET)
            self.credit = value if value is UNSET else read_decimal(value, "AccountRow.credit")
            value = source.pop("desc", UNSET)
            self.desc = value if value.__class__ is str or value is UNSET else read_str(value, "AccountRow.desc")
            value = source.pop("netamount", UNSET)
            self.netamount = value if value is UNSET else read_decimal(value, "AccountRow.netamount")
            value = source.pop("vatamount", UNSET)
            self.vatamount = value if value is UNSET else read_decimal(value, "AccountRow.vatamount")
            value = source.pop("taxpr", UNSET)
            self.taxpr = value if value is UNSET else read_decimal(value, "AccountRow.taxpr")

            self.additional_properties = source
            add(self)
