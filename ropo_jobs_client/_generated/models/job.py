from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_model, require
from ..._codec.encode import write_model
from ..._codec.model import Model
from ..._codec.unset import UNSET

if TYPE_CHECKING:
    from ..models.job_datastream import JobDatastream


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class Job(Model):
    """The body for adding, previewing and locally printing bills."""

    datastream: JobDatastream
    """The bills of one request."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        from ..models.job_datastream import JobDatastream

        out["datastream"] = write_model(self.datastream, "Job.datastream", JobDatastream)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        from ..models.job_datastream import JobDatastream

        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.datastream = require(
                read_model(source.pop("datastream", UNSET), "Job.datastream", JobDatastream), "Job.datastream"
            )

            self.additional_properties = source
            add(self)
