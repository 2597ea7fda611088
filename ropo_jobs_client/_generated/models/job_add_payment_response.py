from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int, read_str
from ..._codec.encode import coerce_int_or_unset, write_int, write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobAddPaymentResponse(Model):
    """The job to which a payment was added. It may have more fields."""

    jobid: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Id of the job. Example: 123467."""
    billnum: str | Unset = UNSET
    """Bill number of the job. Example: R123467."""
    billcode: str | Unset = UNSET
    """Reference of the job. Example: 123467."""
    paydate: str | Unset = UNSET
    """Date of the payment. Example: 2017-10-10."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.jobid is not UNSET:
            out["jobid"] = write_int(self.jobid, "JobAddPaymentResponse.jobid")
        if self.billnum is not UNSET:
            out["billnum"] = write_str(self.billnum, "JobAddPaymentResponse.billnum")
        if self.billcode is not UNSET:
            out["billcode"] = write_str(self.billcode, "JobAddPaymentResponse.billcode")
        if self.paydate is not UNSET:
            out["paydate"] = write_str(self.paydate, "JobAddPaymentResponse.paydate")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("jobid", UNSET)
            self.jobid = (
                value if value.__class__ is int or value is UNSET else read_int(value, "JobAddPaymentResponse.jobid")
            )
            value = source.pop("billnum", UNSET)
            self.billnum = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddPaymentResponse.billnum")
            )
            value = source.pop("billcode", UNSET)
            self.billcode = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddPaymentResponse.billcode")
            )
            value = source.pop("paydate", UNSET)
            self.paydate = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddPaymentResponse.paydate")
            )

            self.additional_properties = source
            add(self)
