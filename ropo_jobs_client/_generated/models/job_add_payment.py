from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_int, read_str, require
from ..._codec.encode import (
    coerce_date,
    coerce_decimal,
    coerce_int_or_unset,
    write_date,
    write_decimal,
    write_int,
    write_str,
)
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


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
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        out["amount"] = write_decimal(self.amount, "JobAddPayment.amount")
        out["paydate"] = write_date(self.paydate, "JobAddPayment.paydate")
        if self.billcode is not UNSET:
            out["billcode"] = write_str(self.billcode, "JobAddPayment.billcode")
        if self.jobid is not UNSET:
            out["jobid"] = write_int(self.jobid, "JobAddPayment.jobid")
        if self.billnum is not UNSET:
            out["billnum"] = write_str(self.billnum, "JobAddPayment.billnum")
        if self.type is not UNSET:
            out["type"] = write_str(self.type, "JobAddPayment.type")
        if self.identifier is not UNSET:
            out["identifier"] = write_str(self.identifier, "JobAddPayment.identifier")
        if self.creditnotebillnum is not UNSET:
            out["creditnotebillnum"] = write_str(self.creditnotebillnum, "JobAddPayment.creditnotebillnum")
        if self.description is not UNSET:
            out["description"] = write_str(self.description, "JobAddPayment.description")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.amount = require(
                read_decimal(source.pop("amount", UNSET), "JobAddPayment.amount"), "JobAddPayment.amount"
            )
            self.paydate = require(
                read_str(source.pop("paydate", UNSET), "JobAddPayment.paydate"), "JobAddPayment.paydate"
            )
            value = source.pop("billcode", UNSET)
            self.billcode = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddPayment.billcode")
            )
            value = source.pop("jobid", UNSET)
            self.jobid = value if value.__class__ is int or value is UNSET else read_int(value, "JobAddPayment.jobid")
            value = source.pop("billnum", UNSET)
            self.billnum = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddPayment.billnum")
            )
            value = source.pop("type", UNSET)
            self.type = value if value.__class__ is str or value is UNSET else read_str(value, "JobAddPayment.type")
            value = source.pop("identifier", UNSET)
            self.identifier = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddPayment.identifier")
            )
            value = source.pop("creditnotebillnum", UNSET)
            self.creditnotebillnum = (
                value
                if value.__class__ is str or value is UNSET
                else read_str(value, "JobAddPayment.creditnotebillnum")
            )
            value = source.pop("description", UNSET)
            self.description = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddPayment.description")
            )

            self.additional_properties = source
            add(self)
