from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_int, read_str
from ..._codec.encode import coerce_extra, coerce_int_or_unset
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


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
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.jobid is not UNSET:
            writer.integer("jobid", self.jobid, self, False)
        if self.billnum is not UNSET:
            writer.text("billnum", self.billnum, self, False)
        if self.billcode is not UNSET:
            writer.text("billcode", self.billcode, self, False)
        if self.paydate is not UNSET:
            writer.text("paydate", self.paydate, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.jobid = (
                v if (v := source.pop("jobid", UNSET)).__class__ is int or v is UNSET else read_int(v, (cls, "jobid"))
            )
            self.billnum = (
                v
                if (v := source.pop("billnum", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "billnum"))
            )
            self.billcode = (
                v
                if (v := source.pop("billcode", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "billcode"))
            )
            self.paydate = (
                v
                if (v := source.pop("paydate", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "paydate"))
            )

            self.additional_properties = source
            add(self)
