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
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.jobid is not UNSET:
            out["jobid"] = write_int(self.jobid, "JobStatusUpdate.jobid")
        if self.billnum is not UNSET:
            out["billnum"] = write_str(self.billnum, "JobStatusUpdate.billnum")
        if self.status is not UNSET:
            out["status"] = write_int(self.status, "JobStatusUpdate.status")
        if self.statustext is not UNSET:
            out["statustext"] = write_str(self.statustext, "JobStatusUpdate.statustext")
        if self.statusdate is not UNSET:
            out["statusdate"] = write_str(self.statusdate, "JobStatusUpdate.statusdate")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("jobid", UNSET)
            self.jobid = value if value.__class__ is int or value is UNSET else read_int(value, "JobStatusUpdate.jobid")
            value = source.pop("billnum", UNSET)
            self.billnum = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobStatusUpdate.billnum")
            )
            value = source.pop("status", UNSET)
            self.status = (
                value if value.__class__ is int or value is UNSET else read_int(value, "JobStatusUpdate.status")
            )
            value = source.pop("statustext", UNSET)
            self.statustext = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobStatusUpdate.statustext")
            )
            value = source.pop("statusdate", UNSET)
            self.statusdate = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobStatusUpdate.statusdate")
            )

            self.additional_properties = source
            add(self)
