from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_model, require
from ..._codec.encode import coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET
from ..._codec.writers import Writer
from ..models.job_datastream import JobDatastream


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class Job(Model):
    """The body for adding, previewing and locally printing bills."""

    datastream: JobDatastream
    """The bills of one request."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        writer.model("datastream", self.datastream, self, False, JobDatastream)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.datastream = require(
                read_model(source.pop("datastream", UNSET), (cls, "datastream"), JobDatastream), (cls, "datastream")
            )

            self.additional_properties = source
            add(self)
