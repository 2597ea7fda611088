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
class JobStatusUpdate(Model):
    """A change of a job's status. Its fields are not documented; the ones here are expected."""

    jobid: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Id of the job. Example: 123."""
    billnum: str | Unset = UNSET
    """Bill number of the job. Example: 11213."""
    status: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Number of the status. Example: 1."""
    statustext: str | Unset = UNSET
    """Text of the status. Example: Reminder."""
    statusdate: str | Unset = UNSET
    """When the status changed. Example: 2018-01-15."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.jobid is not UNSET:
            writer.integer("jobid", self.jobid, self, False)
        if self.billnum is not UNSET:
            writer.text("billnum", self.billnum, self, False)
        if self.status is not UNSET:
            writer.integer("status", self.status, self, False)
        if self.statustext is not UNSET:
            writer.text("statustext", self.statustext, self, False)
        if self.statusdate is not UNSET:
            writer.text("statusdate", self.statusdate, self, False)

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
            self.status = (
                v if (v := source.pop("status", UNSET)).__class__ is int or v is UNSET else read_int(v, (cls, "status"))
            )
            self.statustext = (
                v
                if (v := source.pop("statustext", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "statustext"))
            )
            self.statusdate = (
                v
                if (v := source.pop("statusdate", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "statusdate"))
            )

            self.additional_properties = source
            add(self)
