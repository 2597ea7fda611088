from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    INT,
    STR,
    UNSET,
    Model,
    Unset,
    as_int_or_unset,
    read_int,
    read_str,
    write_int,
    write_str,
)


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobAddPaymentResponse(Model):
    """The job to which a payment was added. It may have more fields."""

    jobid: int | Unset = field(default=UNSET, converter=as_int_or_unset)
    """Id of the job. Example: 123467."""
    billnum: str | Unset = UNSET
    """Bill number of the job. Example: R123467."""
    billcode: str | Unset = UNSET
    """Reference of the job. Example: 123467."""
    paydate: str | Unset = UNSET
    """Date of the payment. Example: 2017-10-10."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        if self.jobid is not UNSET:
            out["jobid"] = write_int(self.jobid, "JobAddPaymentResponse.jobid")
        if self.billnum is not UNSET:
            out["billnum"] = write_str(self.billnum, "JobAddPaymentResponse.billnum")
        if self.billcode is not UNSET:
            out["billcode"] = write_str(self.billcode, "JobAddPaymentResponse.billcode")
        if self.paydate is not UNSET:
            out["paydate"] = write_str(self.paydate, "JobAddPaymentResponse.paydate")

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        value = pop("jobid", UNSET)
        self.jobid = value if type(value) in INT else read_int(value, "JobAddPaymentResponse.jobid")
        value = pop("billnum", UNSET)
        self.billnum = value if type(value) in STR else read_str(value, "JobAddPaymentResponse.billnum")
        value = pop("billcode", UNSET)
        self.billcode = value if type(value) in STR else read_str(value, "JobAddPaymentResponse.billcode")
        value = pop("paydate", UNSET)
        self.paydate = value if type(value) in STR else read_str(value, "JobAddPaymentResponse.paydate")
