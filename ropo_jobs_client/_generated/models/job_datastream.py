from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_models, require
from ..._codec.encode import coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET
from ..._codec.writers import Writer
from ..models.job_item import JobItem


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobDatastream(Model):
    """The bills of one request."""

    dataset: list[JobItem]
    """One item for each bill. A request may carry many."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        writer.models("dataset", self.dataset, self, False, JobItem)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.dataset = require(
                read_models(source.pop("dataset", UNSET), (cls, "dataset"), JobItem), (cls, "dataset")
            )

            self.additional_properties = source
            add(self)
