from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_int, read_str, require
from ..._codec.encode import coerce_date, coerce_decimal, coerce_extra, coerce_int_or_unset
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobAddPayment(Model):
    """A payment, and the job it belongs to. Name the job by exactly one of billcode, jobid and billnum."""

    amount: Decimal = field(converter=coerce_decimal)
    """Amount of payment. Example: 710.0."""
    paydate: str = field(converter=coerce_date)
    """Date of payment. Example: 2017-10-10."""
    billcode: str | Unset = UNSET
    """Reference of job. One of these required: 1.billcode, 2.jobid, 3. billnum (search order). Example: 123467."""
    jobid: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Id of job. One of these required: 1.billcode, 2.jobid, 3. billnum (search order). Example: 123467."""
    billnum: str | Unset = UNSET
    """Billnum of job. One of these required: 1.billcode, 2.jobid, 3. billnum (search order). Example: R123467."""
    type: str | Unset = UNSET
    """Payment type. Example: directpayment."""
    identifier: str | Unset = UNSET
    """Payment targeting identifier. Example: insurance."""
    creditnotebillnum: str | Unset = UNSET
    """Credit note invoice number. Example: 26251."""
    description: str | Unset = UNSET
    """Description of payment. Example: Capital amount increased due to agreement change."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        writer.decimal("amount", self.amount, self, False)
        writer.day("paydate", self.paydate, self, False)
        if self.billcode is not UNSET:
            writer.text("billcode", self.billcode, self, False)
        if self.jobid is not UNSET:
            writer.integer("jobid", self.jobid, self, False)
        if self.billnum is not UNSET:
            writer.text("billnum", self.billnum, self, False)
        if self.type is not UNSET:
            writer.text("type", self.type, self, False)
        if self.identifier is not UNSET:
            writer.text("identifier", self.identifier, self, False)
        if self.creditnotebillnum is not UNSET:
            writer.text("creditnotebillnum", self.creditnotebillnum, self, False)
        if self.description is not UNSET:
            writer.text("description", self.description, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.amount = require(read_decimal(source.pop("amount", UNSET), (cls, "amount")), (cls, "amount"))
            self.paydate = require(read_str(source.pop("paydate", UNSET), (cls, "paydate")), (cls, "paydate"))
            self.billcode = (
                v
                if (v := source.pop("billcode", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "billcode"))
            )
            self.jobid = (
                v if (v := source.pop("jobid", UNSET)).__class__ is int or v is UNSET else read_int(v, (cls, "jobid"))
            )
            self.billnum = (
                v
                if (v := source.pop("billnum", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "billnum"))
            )
            self.type = (
                v if (v := source.pop("type", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "type"))
            )
            self.identifier = (
                v
                if (v := source.pop("identifier", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "identifier"))
            )
            self.creditnotebillnum = (
                v
                if (v := source.pop("creditnotebillnum", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "creditnotebillnum"))
            )
            self.description = (
                v
                if (v := source.pop("description", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "description"))
            )

            self.additional_properties = source
            add(self)
