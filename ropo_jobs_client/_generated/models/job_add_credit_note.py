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
class JobAddCreditNote(Model):
    """A credit note, and the job it belongs to. Name the job by exactly one of billcode, jobid and billnum."""

    amount: Decimal = field(converter=coerce_decimal)
    """Amount of credit note. Example: 710.0."""
    date: str = field(converter=coerce_date)
    """Date. Example: 2017-10-10."""
    billcode: str | Unset = UNSET
    """Reference of job. One of these required: 1.billcode, 2.jobid, 3. billnum (search order). Example: 123467."""
    jobid: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Id of job. One of these required: 1.billcode, 2.jobid, 3. billnum (search order). Example: 123467."""
    billnum: str | Unset = UNSET
    """Billnum of job. One of these required: 1.billcode, 2.jobid, 3. billnum (search order). Example: R123467."""
    type: str | Unset = UNSET
    """Credit note type. Example: allocated."""
    creditnotebillnum: str | Unset = UNSET
    """Credit note invoice number. Example: 26251."""
    description: str | Unset = UNSET
    """Description of credit note. Example: Capital amount increased due to agreement change."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        out["amount"] = write_decimal(self.amount, "JobAddCreditNote.amount")
        out["date"] = write_date(self.date, "JobAddCreditNote.date")
        if self.billcode is not UNSET:
            out["billcode"] = write_str(self.billcode, "JobAddCreditNote.billcode")
        if self.jobid is not UNSET:
            out["jobid"] = write_int(self.jobid, "JobAddCreditNote.jobid")
        if self.billnum is not UNSET:
            out["billnum"] = write_str(self.billnum, "JobAddCreditNote.billnum")
        if self.type is not UNSET:
            out["type"] = write_str(self.type, "JobAddCreditNote.type")
        if self.creditnotebillnum is not UNSET:
            out["creditnotebillnum"] = write_str(self.creditnotebillnum, "JobAddCreditNote.creditnotebillnum")
        if self.description is not UNSET:
            out["description"] = write_str(self.description, "JobAddCreditNote.description")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.amount = require(
                read_decimal(source.pop("amount", UNSET), "JobAddCreditNote.amount"), "JobAddCreditNote.amount"
            )
            self.date = require(read_str(source.pop("date", UNSET), "JobAddCreditNote.date"), "JobAddCreditNote.date")
            value = source.pop("billcode", UNSET)
            self.billcode = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddCreditNote.billcode")
            )
            value = source.pop("jobid", UNSET)
            self.jobid = (
                value if value.__class__ is int or value is UNSET else read_int(value, "JobAddCreditNote.jobid")
            )
            value = source.pop("billnum", UNSET)
            self.billnum = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddCreditNote.billnum")
            )
            value = source.pop("type", UNSET)
            self.type = value if value.__class__ is str or value is UNSET else read_str(value, "JobAddCreditNote.type")
            value = source.pop("creditnotebillnum", UNSET)
            self.creditnotebillnum = (
                value
                if value.__class__ is str or value is UNSET
                else read_str(value, "JobAddCreditNote.creditnotebillnum")
            )
            value = source.pop("description", UNSET)
            self.description = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobAddCreditNote.description")
            )

            self.additional_properties = source
            add(self)
