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
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.accountid is not UNSET:
            writer.text("accountid", self.accountid, self, False)
        if self.debit is not UNSET:
            writer.decimal("debit", self.debit, self, False)
        if self.credit is not UNSET:
            writer.decimal("credit", self.credit, self, False)
        if self.desc is not UNSET:
            writer.text("desc", self.desc, self, False)
        if self.netamount is not UNSET:
            writer.decimal("netamount", self.netamount, self, False)
        if self.vatamount is not UNSET:
            writer.decimal("vatamount", self.vatamount, self, False)
        if self.taxpr is not UNSET:
            writer.decimal("taxpr", self.taxpr, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.accountid = (
                v
                if (v := source.pop("accountid", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "accountid"))
            )
            self.debit = v if (v := source.pop("debit", UNSET)) is UNSET else read_decimal(v, (cls, "debit"))
            self.credit = v if (v := source.pop("credit", UNSET)) is UNSET else read_decimal(v, (cls, "credit"))
            self.desc = (
                v if (v := source.pop("desc", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "desc"))
            )
            self.netamount = (
                v if (v := source.pop("netamount", UNSET)) is UNSET else read_decimal(v, (cls, "netamount"))
            )
            self.vatamount = (
                v if (v := source.pop("vatamount", UNSET)) is UNSET else read_decimal(v, (cls, "vatamount"))
            )
            self.taxpr = v if (v := source.pop("taxpr", UNSET)) is UNSET else read_decimal(v, (cls, "taxpr"))

            self.additional_properties = source
            add(self)
