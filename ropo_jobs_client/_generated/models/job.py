from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    UNSET,
    Model,
    needed,
    read_model,
    write_model,
)

if TYPE_CHECKING:
    from ..models.job_datastream import JobDatastream


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class Job(Model):
    """The body for adding, previewing and locally printing bills."""

    datastream: JobDatastream
    """The bills of one request."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        from ..models.job_datastream import JobDatastream

        out["datastream"] = write_model(self.datastream, "Job.datastream", JobDatastream)

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        from ..models.job_datastream import JobDatastream

        self.datastream = needed(
            read_model(pop("datastream", UNSET), "Job.datastream", JobDatastream), "Job.datastream"
        )
